using Culvert.Connections;

namespace Culvert.CrossProcess.Tests.Transports;

/// <summary>A child and the connection to it, and what else is to be disposed of with them.</summary>
internal sealed record ChildPair(ChildPeer Child, Connection Server, params IAsyncDisposable[] Others)
    : IAsyncDisposable
{
    public void Deconstruct(out ChildPeer child, out Connection server) => (child, server) = (Child, Server);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Child.DisposeAsync();
        foreach (var other in Others) await other.DisposeAsync();
    }
}
