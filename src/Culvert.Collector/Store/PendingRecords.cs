using Culvert.Collector.Records;
using Culvert.Collector.Spool;
using Culvert.Records;

namespace Culvert.Collector.Store;

/// <summary>The records that were taken from the spool and are not in a block yet, grouped by source. One
/// thread.</summary>
internal sealed class PendingRecords
{
    private readonly RecordBuffer _arena = new(StoreLimits.PendingBytes);
    private readonly SourceTable _sourceTable = new();
    private readonly List<(Source Source, bool IsSkewed)> _groups = [];
    private readonly Dictionary<(Source Source, int Skew), int> _groupNumbers = [];
    private PendingRecord[] _records = new PendingRecord[StoreLimits.CommitRecords * 5 / 4];
    private int[] _order = [];
    private Source? _lastSource;
    private int _lastSkew, _lastGroup;

    public int Count { get; private set; }

    public int Bytes => _arena.Length;

    public long LastObservedNs { get; private set; } = long.MinValue;

    public int GroupCount => _groups.Count;

    public Source GroupSource(int group) => _groups[group].Source;

    public bool IsGroupSkewed(int group) => _groups[group].IsSkewed;

    public ref readonly PendingRecord this[int index] => ref _records[index];

    /// <summary>Copies an entry's records from <paramref name="skip"/> on; returns how many could be read.</summary>
    public int Add(in SpoolEntry entry, int skip)
    {
        var start = _arena.Length;
        _arena.WriteBytes(entry.Records.Span);
        var batch = _arena.Written[start..];
        if (!RecordBatchReader.TryOpen(batch, out var reader, out _)) return 0;
        var sources = _sourceTable.Resolve(entry.Origin.Span, reader);
        var read = 0;
        var at = reader.Position;
        for (; reader.TryRead(out var record); read++, at = reader.Position)
        {
            if (read < skip) continue;
            var time = record.TimeNs == 0 ? entry.ObservedNs : record.TimeNs;
            Add(new PendingRecord
            {
                Position = entry.Position + (ulong)read,
                ObservedNs = entry.ObservedNs,
                Offset = start + at,
                Group = GroupOf(sources[record.Resource], Skew(time, entry.ObservedNs)),
            });
        }

        LastObservedNs = Math.Max(LastObservedNs, entry.ObservedNs);
        return read;
    }

    /// <summary>The record, in memory that is valid until <see cref="Clear"/> or the next add.</summary>
    public StoredRecord Get(in PendingRecord pending)
    {
        var offset = pending.Offset;
        if (!RecordView.TryRead(_arena.Written, ref offset, int.MaxValue, out var view))
            throw new InvalidOperationException("A record that was read once cannot be read again.");
        return view.ToStored(pending.Position, pending.ObservedNs, _groups[pending.Group].Source);
    }

    /// <summary>The records' indexes, group by group in the order of arrival; <paramref name="ends"/> gets the end of
    /// each. The array is reused and may be longer.</summary>
    public int[] Order(out int[] ends)
    {
        ends = new int[_groups.Count];
        foreach (ref readonly var record in _records.AsSpan(0, Count)) ends[record.Group]++;
        var sum = 0;
        for (var i = 0; i < ends.Length; i++) (ends[i], sum) = (sum, sum + ends[i]);
        if (_order.Length < Count) _order = new int[_records.Length];
        for (var i = 0; i < Count; i++) _order[ends[_records[i].Group]++] = i;
        return _order;
    }

    public void Clear()
    {
        _arena.Clear();
        _groups.Clear();
        _groupNumbers.Clear();
        (Count, _lastSource, LastObservedNs) = (0, null, long.MinValue);
    }

    private static int Skew(long timeNs, long observedNs) =>
        !BlockBuilder.IsSkewedTime(timeNs, observedNs) ? 0 : timeNs < observedNs ? 1 : 2;

    private void Add(in PendingRecord record)
    {
        if (Count == _records.Length) Array.Resize(ref _records, Count * 2);
        _records[Count++] = record;
    }

    private int GroupOf(Source source, int skew)
    {
        if (ReferenceEquals(source, _lastSource) && skew == _lastSkew) return _lastGroup;
        if (!_groupNumbers.TryGetValue((source, skew), out var group))
        {
            group = _groups.Count;
            _groups.Add((source, skew != 0));
            _groupNumbers.Add((source, skew), group);
        }

        (_lastSource, _lastSkew, _lastGroup) = (source, skew, group);
        return group;
    }
}
