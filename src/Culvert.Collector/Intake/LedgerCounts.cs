using Culvert.Records;

namespace Culvert.Collector.Intake;

/// <summary>What became of the records of one input or source. Under the ledger's gate.</summary>
internal sealed class LedgerCounts
{
    private static readonly int ReasonCount = Enum.GetValues<DropReason>().Length;
    private static readonly int MendCount = Enum.GetValues<MendReason>().Length;

    private readonly long[] _dropped = new long[ReasonCount];
    private readonly long[] _mended = new long[MendCount];
    private readonly SortedDictionary<int, long> _refused = [];

    public long Received { get; private set; }

    public long Duplicates { get; private set; }

    public long Spooled { get; private set; }

    // Each counter is added to on its own, so that Balanced compares what was counted, not what was derived.
    public void Add(long received, long spooled, long duplicates)
    {
        Received += received;
        Spooled += spooled;
        Duplicates += duplicates;
    }

    public void AddDropped(DropReason reason, long records) => _dropped[(int)reason] += records;

    public void AddMended(MendReason reason, long records) => _mended[(int)reason] += records;

    /// <summary>Not saved with the rest: it counts requests since the start, as the web server's own counters
    /// do.</summary>
    public void AddRefused(int status) => _refused[status] = _refused.GetValueOrDefault(status) + 1;

    public void Save(RecordBuffer buffer)
    {
        buffer.WriteVarint((ulong)Received);
        buffer.WriteVarint((ulong)Duplicates);
        buffer.WriteVarint((ulong)Spooled);
        foreach (var counts in (ReadOnlySpan<long[]>)[_dropped, _mended])
        {
            buffer.WriteVarint((ulong)counts.Length);
            foreach (var count in counts) buffer.WriteVarint((ulong)count);
        }
    }

    public bool TryLoad(ReadOnlySpan<byte> source, scoped ref int at)
    {
        if (!Varint.TryRead(source, ref at, out var received) || !Varint.TryRead(source, ref at, out var duplicates)
            || !Varint.TryRead(source, ref at, out var spooled)) return false;
        (Received, Duplicates, Spooled) =
            (Received + (long)received, Duplicates + (long)duplicates, Spooled + (long)spooled);
        return TryLoad(source, ref at, _dropped) && TryLoad(source, ref at, _mended);
    }

    public CountsSnapshot Snapshot(string name)
    {
        var dropped = new Dictionary<DropReason, long>();
        for (var i = 0; i < ReasonCount; i++) dropped[(DropReason)i] = _dropped[i];
        var mended = new Dictionary<MendReason, long>();
        for (var i = 0; i < MendCount; i++) mended[(MendReason)i] = _mended[i];
        return new CountsSnapshot(name, Received, Duplicates, dropped, Spooled, mended)
        {
            RefusedRequests = new Dictionary<int, long>(_refused),
        };
    }

    private static bool TryLoad(ReadOnlySpan<byte> source, scoped ref int at, long[] counts)
    {
        if (!Varint.TryRead(source, ref at, out var length)) return false;
        for (var i = 0UL; i < length; i++)
        {
            if (!Varint.TryRead(source, ref at, out var count)) return false;
            // A reason of a later version is kept under the last one known here, so that the sums stay right.
            counts[(int)Math.Min(i, (ulong)counts.Length - 1)] += (long)count;
        }

        return true;
    }
}
