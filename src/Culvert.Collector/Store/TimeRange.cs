using Culvert.Collector.Records;

namespace Culvert.Collector.Store;

/// <summary>Finds the range of times that a picture of everything should show.</summary>
internal static class TimeRange
{
    public static (long MinNs, long MaxNs)? Of(
        StoredBlock[] blocks, TailScan? tail, CancellationToken cancellationToken)
    {
        var (usual, skewed) = (Empty, Empty);
        foreach (var block in blocks)
        {
            if (block.Summary.IsSkewed) Widen(ref skewed, block.Summary.MinTimeNs, block.Summary.MaxTimeNs);
            else Widen(ref usual, block.Summary.MinTimeNs, block.Summary.MaxTimeNs);
        }

        tail?.Visit((in StoredRecord record) =>
        {
            if (BlockBuilder.IsSkewedTime(record.TimeNs, record.ObservedNs))
                Widen(ref skewed, record.TimeNs, record.TimeNs);
            else Widen(ref usual, record.TimeNs, record.TimeNs);
            return true;
        }, cancellationToken);
        if (usual != Empty) return usual;
        return skewed != Empty ? skewed : null;
    }

    private static (long MinNs, long MaxNs) Empty => (long.MaxValue, long.MinValue);

    private static void Widen(ref (long MinNs, long MaxNs) range, long minNs, long maxNs) =>
        range = (Math.Min(range.MinNs, minNs), Math.Max(range.MaxNs, maxNs));
}
