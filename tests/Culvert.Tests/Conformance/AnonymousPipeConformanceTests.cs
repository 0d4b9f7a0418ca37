using Culvert.Connections;
using Culvert.Transports.AnonymousPipes;

namespace Culvert.Tests.Conformance;

/// <summary>A pair of anonymous pipes keeps the promises, as far as a pipe can tell.</summary>
public sealed class AnonymousPipeConformanceTests : TransportConformanceTests
{
    protected override TransportTraits Traits { get; } = new(true, OperatingSystem.IsWindows(), false);

    protected override string NewEndpoint()
    {
        Assert.Skip("A pair has no name to listen at.");
        return "";
    }

    protected override Task<Listener?> ListenAsync() => Task.FromResult<Listener?>(null);

    protected override async Task<(Connection Client, Connection Server)> ConnectAsync(Listener? listener)
    {
        var pair = AnonymousPipePair.Create();
        return (await Ipc.ConnectAsync(pair.ChildEndpoint, cancellationToken: Token), pair.Connection);
    }
}
