using Culvert.Records;

namespace Culvert.Collector.Inputs.Lines;

/// <summary>
/// Joins the lines of a stack trace to the line they belong to. One for each stream. A line is held until the next one
/// shows that it is complete, or until <see cref="IsDue"/>; what reaches a limit begins a new record, so nothing is cut
/// or lost.
/// </summary>
/// <remarks>One thread at a time. Text that was returned is valid until the next call.</remarks>
internal sealed class LineJoiner(TimeProvider time, TimeSpan? wait = null)
{
    private readonly TimeSpan _wait = wait ?? LineLimits.JoinWait;
    private readonly TraceState _state = new();
    private RecordBuffer _held = new(512);
    private RecordBuffer _returned = new(512);
    private int _lineCount;
    private long _firstTag;
    private long _lastTag;
    private bool _isCut;
    private long _heldSince;

    /// <summary>Whether a line is held.</summary>
    public bool IsHolding => _lineCount > 0;

    /// <summary>Whether what is held has waited long enough and should be taken with <see cref="TryFlush"/>.</summary>
    public bool IsDue => IsHolding && time.GetElapsedTime(_heldSince) >= _wait;

    /// <summary>How long until <see cref="IsDue"/>, or null when nothing is held.</summary>
    public TimeSpan? DueIn => IsHolding
        ? TimeSpan.FromTicks(Math.Max(0, (_wait - time.GetElapsedTime(_heldSince)).Ticks))
        : null;

    /// <summary>
    /// Takes a line. Returns true when the record held before is complete with that, which is then in
    /// <paramref name="completed"/>; the line itself is held. An empty line that continues nothing is no record.
    /// </summary>
    /// <param name="line">Without its end.</param>
    /// <param name="tag">Anything the caller wants back, such as the offset behind the line in its file.</param>
    /// <param name="isCut">Whether the line's tail was skipped.</param>
    /// <param name="completed">The record that is complete.</param>
    public bool Add(ReadOnlySpan<byte> line, long tag, bool isCut, out JoinedLine completed)
    {
        if (IsHolding && HasRoom(line.Length) && _state.Continues(line))
        {
            Append(line, tag, isCut);
            completed = default;
            return false;
        }

        var hasCompleted = TryFlush(out completed);
        if (line.IsEmpty) return hasCompleted;
        _state.Begin(line);
        _firstTag = tag;
        Append(line, tag, isCut);
        return hasCompleted;
    }

    /// <summary>Takes what is held, complete or not: when it is due, and at the end of the stream.</summary>
    public bool TryFlush(out JoinedLine completed)
    {
        completed = default;
        if (!IsHolding) return false;
        (_held, _returned) = (_returned, _held);
        _held.Clear();
        completed = new JoinedLine(_returned.Written.TrimEnd((byte)'\n'), _lineCount, _firstTag, _lastTag, _isCut);
        _lineCount = 0;
        _isCut = false;
        return true;
    }

    private bool HasRoom(int bytes) =>
        _lineCount < LineLimits.JoinedLinesMax && _held.Length + 1 + bytes <= LineLimits.JoinedBytesMax;

    private void Append(ReadOnlySpan<byte> line, long tag, bool isCut)
    {
        if (_lineCount > 0) _held.WriteByte((byte)'\n');
        _held.WriteBytes(line);
        _lineCount++;
        _lastTag = tag;
        _isCut |= isCut;
        _heldSince = time.GetTimestamp();
    }
}
