using Culvert.Records;

namespace Culvert.Collector.Intake;

/// <summary>Counts by name, bounded: names beyond the limit are counted together. Under the ledger's gate.</summary>
internal sealed class CountTable(int countMax)
{
    private readonly Dictionary<string, LedgerCounts> _counts = [];

    public IEnumerable<CountsSnapshot> Snapshot() => _counts.Select(pair => pair.Value.Snapshot(pair.Key));

    public LedgerCounts Get(string name)
    {
        if (_counts.TryGetValue(name, out var counts)) return counts;
        if (_counts.Count >= countMax && name != LedgerLimits.Other) return Get(LedgerLimits.Other);
        counts = new LedgerCounts();
        _counts.Add(name, counts);
        return counts;
    }

    public void Save(RecordBuffer buffer)
    {
        buffer.WriteVarint((ulong)_counts.Count);
        foreach (var (name, counts) in _counts)
        {
            buffer.WriteString(name.AsSpan(), LedgerLimits.NameBytesMax);
            counts.Save(buffer);
        }
    }

    public bool TryLoad(ReadOnlySpan<byte> source, scoped ref int at)
    {
        if (!RecordBytes.TryReadCount(source, ref at, countMax + 1, out var count)) return false;
        for (var i = 0; i < count; i++)
        {
            if (!RecordBytes.TryReadString(source, ref at, LedgerLimits.NameBytesMax, out var name)) return false;
            if (!Get(System.Text.Encoding.UTF8.GetString(name)).TryLoad(source, ref at)) return false;
        }

        return true;
    }
}
