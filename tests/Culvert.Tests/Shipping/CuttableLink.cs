using System.Buffers;
using System.IO.Pipelines;
using Culvert.Connections;

namespace Culvert.Tests.Shipping;

/// <summary>Two connected ends in memory, with a wire between them that breaks after a number of bytes of one
/// direction.</summary>
internal sealed class CuttableLink
{
    private readonly Pipe[] _pipes = [new(), new(), new(), new()];
    private int _broken;

    public CuttableLink(long cutToServer = long.MaxValue, long cutToClient = long.MaxValue)
    {
        Client = new End(this, _pipes[3].Reader, _pipes[0].Writer);
        Server = new End(this, _pipes[1].Reader, _pipes[2].Writer);
        Carrying = Task.WhenAll(
            CarryAsync(_pipes[0].Reader, _pipes[1].Writer, cutToServer),
            CarryAsync(_pipes[2].Reader, _pipes[3].Writer, cutToClient));
    }

    public Connection Client { get; }

    public Connection Server { get; }

    public Task Carrying { get; }

    public void Break()
    {
        if (Interlocked.Exchange(ref _broken, 1) != 0) return;
        var lost = new ConnectionException(ConnectionError.Closed, "The test cut the connection.");
        // The ends wait in reads of the pipes 1 and 3 and in flushes of 0 and 2.
        _pipes[1].Writer.Complete(lost);
        _pipes[3].Writer.Complete(lost);
        _pipes[0].Reader.CancelPendingRead();
        _pipes[2].Reader.CancelPendingRead();
        // A server that does not read any more makes the wire wait in a flush, and the client behind it.
        _pipes[1].Writer.CancelPendingFlush();
        _pipes[3].Writer.CancelPendingFlush();
    }

    private async Task CarryAsync(PipeReader from, PipeWriter to, long left)
    {
        try
        {
            while (Volatile.Read(ref _broken) == 0)
            {
                var read = await from.ReadAsync();
                if (Volatile.Read(ref _broken) != 0) break;
                foreach (var segment in read.Buffer)
                {
                    var count = (int)Math.Min(segment.Length, left);
                    to.Write(segment.Span[..count]);
                    left -= count;
                }

                await to.FlushAsync();
                from.AdvanceTo(read.Buffer.End);
                if (left == 0) Break();
                if (!read.IsCompleted) continue;
                if (Volatile.Read(ref _broken) == 0) await to.CompleteAsync();
                return;
            }
        }
        catch (InvalidOperationException)
        {
            // The pipe was completed by Break between the check and the write.
        }

        await from.CompleteAsync();
    }

    private sealed class End(CuttableLink link, PipeReader input, PipeWriter output) : Connection
    {
        public override PipeReader Input => input;

        public override PipeWriter Output => output;

        public override Peer Peer => Peer.Unknown;

        public override Endpoint Endpoint { get; } = Endpoint.Parse("mem://test");

        public override Task<CloseReason> Closed { get; } = new TaskCompletionSource<CloseReason>().Task;

        public override void Abort(string message) => link.Break();

        public override async ValueTask DisposeAsync()
        {
            await output.CompleteAsync();
            link.Break();
        }
    }
}
