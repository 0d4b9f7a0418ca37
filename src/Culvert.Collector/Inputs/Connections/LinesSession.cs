using System.Buffers;
using System.IO.Pipelines;
using Culvert.Collector.Inputs.Lines;
using Culvert.Connections;

namespace Culvert.Collector.Inputs.Connections;

/// <summary>
/// Reads lines, or texts in another framing, from one connection. A program that sends lines knows of no
/// acknowledgement, so the promise holds from the moment a line is read; while the intake is slow the connection is not
/// read, and the program waits.
/// </summary>
internal sealed class LinesSession
{
    private readonly InputContext _context;
    private readonly PipeReader _input;
    private readonly ILineCutter _cutter;
    private readonly LineParse _parse;
    private readonly LineBatcher _batcher;

    public LinesSession(
        InputContext context, Connection connection, InFlightBudget budget, ILineCutter cutter, LineParse parse)
    {
        _context = context;
        _input = connection.Input;
        _cutter = cutter;
        _parse = parse;
        var peer = connection.Peer;
        _batcher = new LineBatcher(
            context, PeerAttributes.EncodeOrigin(context.Name, peer),
            PeerAttributes.Resource(context.Name, peer), budget);
    }

    /// <summary>Reads until the client ends or the token is cancelled, then waits until all is durable.</summary>
    /// <param name="stopping">Cancelled when nothing more is to be read.</param>
    /// <param name="abandoning">Cancelled when what is held must be left behind.</param>
    public async Task RunAsync(CancellationToken stopping, CancellationToken abandoning)
    {
        using var registration = abandoning.Register(_batcher.Abandon);
        // The timer wakes the pending read, which costs nothing as long as lines keep coming.
        using var timer = _context.Time.CreateTimer(
            static state =>
                ((PipeReader)state!).CancelPendingRead(), _input, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        try
        {
            await ReadAsync(timer, stopping).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // Died, or the collector stops: what was read is kept all the same.
        }

        if (_cutter.TryReadRest(out var rest)) Take(rest);
        await _batcher.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        _batcher.Complete();
        await _batcher.Ended.ConfigureAwait(false);
    }

    private async Task ReadAsync(ITimer timer, CancellationToken stopping)
    {
        while (true)
        {
            var result = await _input.ReadAsync(stopping).ConfigureAwait(false);
            if (!await TakeAsync(result.Buffer).ConfigureAwait(false)) return;
            _input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return;
            if (result.IsCanceled && !await _batcher.FlushAsync(stopping).ConfigureAwait(false)) return;
            timer.Change(
                _batcher.IsEmpty ? Timeout.InfiniteTimeSpan : InputLimits.GatherTime, Timeout.InfiniteTimeSpan);
        }
    }

    private async ValueTask<bool> TakeAsync(ReadOnlySequence<byte> buffer)
    {
        foreach (var segment in buffer)
        {
            var rest = segment;
            while (TakeUntilFull(ref rest))
            {
                // Not cancelled: the lines behind are read already, and must be kept.
                if (!await _batcher.FlushAsync(CancellationToken.None).ConfigureAwait(false)) return false;
            }
        }

        return true;
    }

    /// <summary>Takes lines; true when the batch is full and more may follow.</summary>
    private bool TakeUntilFull(ref ReadOnlyMemory<byte> chunk)
    {
        var span = chunk.Span;
        while (_cutter.TryRead(ref span, out var line))
        {
            Take(line);
            if (!_batcher.IsFull) continue;
            chunk = chunk[^span.Length..];
            return true;
        }

        return false;
    }

    private void Take(in SplitLine line)
    {
        if (line.Text.IsEmpty) return;
        var mends = _parse(line.Text, _batcher.Draft, line.IsCut);
        _batcher.Add(mends);
    }
}
