using System.Diagnostics;
using Culvert.Connections;
using Culvert.Transports.AnonymousPipes;
using Culvert.Transports.StandardStreams;

namespace Culvert.CrossProcess.Tests.Transports;

/// <summary>A pair of anonymous pipes across processes. The child's standard streams carry its words beside
/// it.</summary>
public sealed class AnonymousPipeProcessTests : TransportProcessTests
{
    protected override bool IsLocalKernel => true;

    protected override bool TellsDeath => false;

    protected override CloseKind ExitKind => CloseKind.PeerClosed;

    protected override bool TellsChildsAbort => OperatingSystem.IsWindows();

    protected override bool TellsAbort => OperatingSystem.IsWindows();

    protected override bool HasIdentity => false;

    protected override string NewEndpoint()
    {
        Assert.Skip("A pair has no name to listen at.");
        return "";
    }

    private protected override async Task<ChildPair> StartAsync(string role)
    {
        var pair = AnonymousPipePair.Create();
        var child = await Ipc.StartChildAsync(
            new ChildOptions
            {
                FileName = ChildPeer.Program, Arguments = [role, pair.ChildEndpoint.ToString()], Pipes = [pair],
            },
            Token);
        var lines = new StreamReader(child.Input.AsStream());
        var peer = new ChildPeer(
            Process.GetProcessById(child.ProcessId), lines.ReadLineAsync,
            async () => await child.Output.WriteAsync("go\n"u8.ToArray(), Token));
        return new ChildPair(peer, pair.Connection, child);
    }
}
