using Culvert.Records;

namespace Culvert.Collector.Intake;

/// <summary>Sequences that were skipped: their number, and ranges of them in ascending order. Of more ranges than are
/// listed the smallest are only counted.</summary>
/// <param name="rangesMax">How many are listed.</param>
internal sealed class GapList(int rangesMax = LedgerLimits.GapRangesMax)
{
    private readonly List<SequenceRange> _ranges = [];

    public ulong Count { get; private set; }

    public IReadOnlyList<SequenceRange> Ranges => _ranges;

    /// <summary>Adds what lies behind all that was added before.</summary>
    public void Add(ulong from, ulong to)
    {
        if (to < from) return;
        Count += to - from + 1;
        if (_ranges.Count > 0 && _ranges[^1].To + 1 == from)
        {
            _ranges[^1] = new SequenceRange(_ranges[^1].From, to);
            return;
        }

        _ranges.Add(new SequenceRange(from, to));
        Shorten();
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

    public bool Contains(ulong sequence) => Overlaps(sequence, sequence);

    /// <summary>Whether one of these sequences is listed.</summary>
    public bool Overlaps(ulong from, ulong to)
    {
        var index = FirstEndingAt(from);
        return index < _ranges.Count && _ranges[index].From <= to;
    }

    /// <summary>These came after all. What of them is not listed stays counted.</summary>
    public void Remove(GapList filled)
    {
        foreach (var (from, to) in filled._ranges) Remove(from, to);
    }

    public GapList Clone()
    {
        var clone = new GapList(rangesMax) { Count = Count };
        clone._ranges.AddRange(_ranges);
        return clone;
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

    private void Remove(ulong from, ulong to)
    {
        for (var i = FirstEndingAt(from); i < _ranges.Count && _ranges[i].From <= to;)
        {
            var range = _ranges[i];
            var (first, last) = (Math.Max(from, range.From), Math.Min(to, range.To));
            Count -= last - first + 1;
            _ranges.RemoveAt(i);
            if (range.From < first) _ranges.Insert(i++, new SequenceRange(range.From, first - 1));
            if (last < range.To) _ranges.Insert(i++, new SequenceRange(last + 1, range.To));
        }

        Shorten();
    }

    private int FirstEndingAt(ulong sequence)
    {
        var (low, high) = (0, _ranges.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_ranges[middle].To < sequence) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    /// <summary>Leaves out the smallest, of equal ones the last: what is large is what may still come, by another
    /// way.</summary>
    private void Shorten()
    {
        while (_ranges.Count > rangesMax)
        {
            var smallest = _ranges.Count - 1;
            for (var i = smallest - 1; i >= 0; i--)
            {
                if (Length(_ranges[i]) < Length(_ranges[smallest])) smallest = i;
            }

            _ranges.RemoveAt(smallest);
        }
    }

    private static ulong Length(SequenceRange range) => range.To - range.From;
}
