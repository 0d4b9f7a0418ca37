using Culvert.Records;

namespace Culvert.Collector.Intake;

/// <summary>Skipped sequences: their number, and the first ranges of them.</summary>
internal sealed class GapList
{
    private readonly List<SequenceRange> _ranges = [];

    public ulong Count { get; private set; }

    public IReadOnlyList<SequenceRange> Ranges => _ranges;

    public void Add(ulong from, ulong to)
    {
        if (to < from) return;
        Count += to - from + 1;
        if (_ranges.Count > 0 && _ranges[^1].To + 1 == from) _ranges[^1] = new SequenceRange(_ranges[^1].From, to);
        else if (_ranges.Count < LedgerLimits.GapRangesMax) _ranges.Add(new SequenceRange(from, to));
    }

    /// <summary>Counts sequences of which it is not known where they lie.</summary>
    public void AddCount(ulong count) => Count += count;

    public void Add(GapList other)
    {
        var listed = 0UL;
        foreach (var range in other._ranges)
        {
            Add(range.From, range.To);
            listed += range.To - range.From + 1;
        }

        Count += other.Count - listed;
    }

    public void Save(RecordBuffer buffer)
    {
        buffer.WriteVarint(Count);
        buffer.WriteVarint((ulong)_ranges.Count);
        foreach (var range in _ranges)
        {
            buffer.WriteVarint(range.From);
            buffer.WriteVarint(range.To - range.From);
        }
    }

    public bool TryLoad(ReadOnlySpan<byte> source, scoped ref int at)
    {
        if (!Varint.TryRead(source, ref at, out var total)
            || !RecordBytes.TryReadCount(source, ref at, LedgerLimits.GapRangesMax, out var count)) return false;
        for (var i = 0; i < count; i++)
        {
            if (!Varint.TryRead(source, ref at, out var from)
                || !Varint.TryRead(source, ref at, out var length)) return false;
            _ranges.Add(new SequenceRange(from, from + length));
        }

        Count = total;
        return true;
    }
}
