namespace Culvert.Collector.Spool;

/// <summary>What is known of a segment. Changed by the committer under the spool's gate; readers look at it under the
/// gate.</summary>
internal sealed class SpoolSegment(ulong number, ulong firstPosition)
{
    private readonly List<(ulong Position, long Offset)> _index = [];

    public ulong Number { get; } = number;

    public ulong FirstPosition { get; } = firstPosition;

    public string Name { get; } = SegmentLayout.Name(number, firstPosition);

    /// <summary>First position of the next segment; of the last segment, what is durable.</summary>
    public ulong EndPosition { get; set; } = firstPosition;

    /// <summary>Offset up to which entries are durable and may be read.</summary>
    public long DataEnd { get; set; } = SegmentLayout.HeaderBytes;

    /// <summary>Bytes of the file.</summary>
    public long Bytes { get; set; }

    /// <summary>When its last record was received, or when it was made; for the retention by age.</summary>
    public long NewestObservedNs { get; set; }

    public long OldestObservedNs { get; set; } = long.MaxValue;

    public ulong Records { get; set; }

    public ulong Entries { get; set; }

    /// <summary>Whether everything below is known; a segment of an earlier run is asked for its footer first.</summary>
    public bool IsKnown { get; set; } = true;

    /// <summary>Counts an entry that became durable, or was found.</summary>
    public void Add(in EntryHeader header, long offset)
    {
        Records += (ulong)header.RecordCount;
        Entries++;
        OldestObservedNs = Math.Min(OldestObservedNs, header.ObservedNs);
        NewestObservedNs = Math.Max(NewestObservedNs, header.ObservedNs);
        if (_index.Count == 0 || offset - _index[^1].Offset >= SpoolLimits.IndexStrideBytes)
            _index.Add((header.Position, offset));
    }

    /// <summary>An offset at which an entry begins from where the position can be found by reading on.</summary>
    public long OffsetBefore(ulong position)
    {
        var (low, high) = (0, _index.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_index[middle].Position <= position) low = middle + 1;
            else high = middle;
        }

        return low == 0 ? SegmentLayout.HeaderBytes : _index[low - 1].Offset;
    }

    public SegmentFooter Footer() =>
        new(FirstPosition, EndPosition, Records, Entries, DataEnd, OldestObservedNs, NewestObservedNs);

    /// <summary>Takes over what the footer of a sealed segment says.</summary>
    public void Know(in SegmentFooter footer)
    {
        DataEnd = footer.DataEnd;
        OldestObservedNs = footer.OldestObservedNs;
        NewestObservedNs = footer.NewestObservedNs;
        Records = footer.Records;
        Entries = footer.Entries;
        IsKnown = true;
    }
}
