using Culvert.Collector.Inputs.Lines;
using Culvert.Collector.Intake;
using Culvert.Records;

namespace Culvert.Collector.Inputs.Files;

/// <summary>
/// One stream of lines in a file: the file itself, or one of the two that a container's file carries. Each is a
/// producer
/// of its own, because a line held back on one must not wait for the other, and sequences may only rise.
/// </summary>
/// <remarks>The sequence of a record is the offset behind its last line. One thread at a time.</remarks>
internal sealed class TailStream(TimeProvider time, ProducerId producer, ulong durable)
{
    private LineJoiner? _joiner;
    private RecordBuffer? _pieces;
    private bool _hasPieces;
    private long _piecesStart;
    private long _piecesEnd;
    private long _piecesTimeNs;
    private long _groupStart;
    private long _groupTimeNs;

    public ProducerId Producer { get; } = producer;

    /// <summary>What ends here or before it was durable when the file was opened, and is not read again.</summary>
    public long Durable { get; } = (long)durable;

    public bool IsHolding => _hasPieces || _joiner is { IsHolding: true };

    /// <summary>Where the earliest line begins that was taken and not written; null when there is none.</summary>
    public long? HeldFrom => (_hasPieces, _joiner is { IsHolding: true }) switch
    {
        (true, true) => Math.Min(_piecesStart, _groupStart),
        (true, false) => _piecesStart,
        (false, true) => _groupStart,
        _ => null,
    };

    /// <summary>Takes a line, or a piece of one that goes on in the next.</summary>
    public void Take(
        ReadOnlySpan<byte> text, long start, long end, bool isPartial, bool isCut, long timeNs, TailSink sink)
    {
        if (end <= Durable) return;
        if (_hasPieces && _pieces!.Length + text.Length > LineLimits.JoinedBytesMax) WritePieces(sink);
        if (!isPartial && !_hasPieces)
        {
            TakeWhole(text, start, end, isCut, timeNs, sink);
            return;
        }

        if (!_hasPieces) (_hasPieces, _piecesStart, _piecesTimeNs) = (true, start, timeNs);
        _pieces ??= new RecordBuffer(text.Length);
        _pieces.WriteBytes(text);
        _piecesEnd = end;
        if (!isPartial) WritePieces(sink);
    }

    /// <summary>Writes a record that has waited long enough for lines that continue it.</summary>
    public void WriteDue(TailSink sink)
    {
        if (_joiner is { IsDue: true }) WriteHeld(sink);
    }

    /// <summary>Writes all that is held: the file is at its end for good.</summary>
    public void WriteAll(TailSink sink)
    {
        if (_hasPieces) WritePieces(sink);
        WriteHeld(sink);
    }

    /// <summary>Gives back the memory of a stream that is silent.</summary>
    public void Trim()
    {
        if (_joiner is { IsHolding: false }) _joiner = null;
        if (!_hasPieces) _pieces = null;
    }

    private void WritePieces(TailSink sink)
    {
        _hasPieces = false;
        TakeWhole(_pieces!.Written, _piecesStart, _piecesEnd, false, _piecesTimeNs, sink);
        _pieces.Clear();
    }

    private void TakeWhole(ReadOnlySpan<byte> text, long start, long end, bool isCut, long timeNs, TailSink sink)
    {
        _joiner ??= new LineJoiner(time);
        var wasHolding = _joiner.IsHolding;
        var isComplete = _joiner.Add(text, end, isCut, out var completed);
        if (isComplete) sink.Write(this, completed, _groupTimeNs);
        if (isComplete || !wasHolding) (_groupStart, _groupTimeNs) = (start, timeNs);
    }

    private void WriteHeld(TailSink sink)
    {
        if (_joiner is not null && _joiner.TryFlush(out var completed)) sink.Write(this, completed, _groupTimeNs);
    }
}
