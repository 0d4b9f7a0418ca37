using System.Diagnostics;
using System.Threading.Channels;
using Culvert.Connections;
using Culvert.Transports.AnonymousPipes;
using Culvert.Transports.StandardStreams;

namespace Culvert.CrossProcess.Tests.Transports;

/// <summary><c>stdio:</c> between this process and a child. What the child says on its console, which is its standard
/// output, arrives as its logs; it is nudged by a pair that it inherits.</summary>
public sealed class StandardStreamsProcessTests : TransportProcessTests
{
    protected override bool IsLocalKernel => true;

    protected override CloseKind ExitKind => CloseKind.PeerClosed;

    protected override bool TellsChildsAbort => false;

    protected override bool TellsAbort => false;

    protected override string NewEndpoint()
    {
        Assert.Skip("Standard streams have no name to listen at.");
        return "";
    }

    private protected override async Task<ChildPair> StartAsync(string role)
    {
        var lines = Channel.CreateUnbounded<string>();
        var nudge = AnonymousPipePair.Create();
        var child = await Ipc.StartChildAsync(
            new ChildOptions
            {
                FileName = ChildPeer.Program,
                Arguments = [role, "stdio:"],
                LogLine = line => lines.Writer.TryWrite(line),
                Pipes = [nudge],
                Environment = new Dictionary<string, string?> { ["CULVERT_TEST_NUDGE"] = $"{nudge.ChildEndpoint}" },
            },
            Token);
        var peer = new ChildPeer(
            Process.GetProcessById(child.ProcessId), async token => await lines.Reader.ReadAsync(token),
            async () => await nudge.Connection.Output.WriteAsync(new byte[1], Token));
        return new ChildPair(peer, child, nudge);
    }
}
