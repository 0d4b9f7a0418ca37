using System.Threading.Channels;
using Culvert.Connections;

namespace Culvert.Transports.StandardStreams;

/// <summary>
/// Reads a child's standard error line by line, always, so that the child is never held up: lines wait in a bounded
/// queue for the one who takes them, and the oldest go when it is full.
/// </summary>
internal sealed class ChildLogs
{
    private readonly Connection _stream;
    private readonly ChildOptions _options;
    private readonly string _program;
    private readonly int _processId;
    private readonly Channel<string> _lines;
    private readonly Task _delivered;
    private long _dropped;

    public ChildLogs(Connection stream, ChildOptions options, string program, int processId)
    {
        (_stream, _options, _program, _processId) = (stream, options, program, processId);
        var bounds = new BoundedChannelOptions(ChildLimits.LogLinesWaitingMax)
        {
            FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true,
        };
        _lines = Channel.CreateBounded<string>(bounds, _ => Interlocked.Increment(ref _dropped));
        _delivered = Task.Run(DeliverAsync);

        // Elsewhere, since a child that never stops writing never lets it wait.
        _ = Task.Run(ReadAsync);
    }

    /// <summary>Lines that were dropped so far.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Waits until the last line was taken, but not for ever; then closes the stream.</summary>
    public async Task FinishAsync()
    {
        await Task.WhenAny(_delivered, Task.Delay(ChildLimits.LogDrainMax)).ConfigureAwait(false);
        _stream.Abort("The child has ended.");
        await _stream.DisposeAsync().ConfigureAwait(false);
    }

    private async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                var result = await _stream.Input.ReadAsync().ConfigureAwait(false);
                var rest = result.Buffer;
                while (LogLine.TryTake(ref rest, _options.LogLineBytesMax, result.IsCompleted) is { } line)
                    _lines.Writer.TryWrite(line);
                _stream.Input.AdvanceTo(rest.Start, rest.End);
                if (result.IsCompleted) break;
            }
        }
        catch (ConnectionException)
        {
            // Closed by this side; what came until then is delivered.
        }

        _lines.Writer.TryComplete();
    }

    private async Task DeliverAsync()
    {
        long reported = 0;
        await foreach (var line in _lines.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            var dropped = Dropped;
            if (dropped > reported && _options.Logger is { } logger)
                StandardStreamsLog.LinesDropped(logger, dropped - reported, _processId);
            reported = dropped;
            Deliver(line);
        }
    }

    private void Deliver(string line)
    {
        if (_options.Logger is { } logger) StandardStreamsLog.Line(logger, _program, _processId, line);
        try
        {
            _options.LogLine?.Invoke(line);
        }
        catch (Exception e)
        {
            // Whatever the user's code throws, the next line is delivered.
            if (_options.Logger is { } log) StandardStreamsLog.CallbackFailed(log, _processId, e);
        }
    }
}
