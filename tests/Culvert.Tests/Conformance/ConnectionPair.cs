using Culvert.Connections;

namespace Culvert.Tests.Conformance;

/// <summary>A listener and one connection, both ends in this process.</summary>
public sealed class ConnectionPair(Listener? listener, Connection client, Connection server) : IAsyncDisposable
{
    public bool HasListener => listener is not null;

    public Listener Listener
    {
        get
        {
            Assert.SkipWhen(listener is null, "The mechanism has no name to listen at.");
            return listener;
        }
    }

    public Connection Client { get; } = client;

    public Connection Server { get; } = server;

    public static async Task<ConnectionPair> OpenAsync(string endpoint, CancellationToken cancellationToken)
    {
        var listener = await Ipc.ListenAsync(endpoint, cancellationToken: cancellationToken);
        var accepting = listener.AcceptAsync(cancellationToken);
        var client = await Ipc.ConnectAsync(listener.Endpoint, cancellationToken: cancellationToken);
        var server = await accepting;
        return new ConnectionPair(listener, client, server!);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Abort("The test is over.");
        Server.Abort("The test is over.");
        await Client.DisposeAsync();
        await Server.DisposeAsync();
        if (HasListener) await Listener.DisposeAsync();
    }
}
