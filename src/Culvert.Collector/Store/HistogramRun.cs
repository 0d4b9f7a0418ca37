using System.Collections.Concurrent;
using Culvert.Collector.Query.Pruning;
using Culvert.Records;

namespace Culvert.Collector.Store;

/// <summary>Counts by time and level. A block that lies in one bucket whole is counted from its summary.</summary>
internal sealed class HistogramRun(HistogramRequest request, StoreSnapshot snapshot, StoreContext context)
{
    private readonly StoreQuery _query = new(request.Query);
    private readonly ConcurrentBag<HistogramCounts> _parts = [];
    private readonly SearchReport _report = new() { Blocks = snapshot.Blocks.Length };

    public HistogramCounts Run(TailScan? tail, CancellationToken cancellationToken)
    {
        var counts = new HistogramCounts(request);
        tail?.Visit((in Records.StoredRecord record) =>
        {
            if (_query.Matches(record)) counts.Add(record.TimeNs, record.Severity);
            return true;
        }, cancellationToken);
        var rest = new List<StoredBlock>();
        foreach (var block in snapshot.Blocks)
        {
            if (!TryCountWhole(block, counts)) rest.Add(block);
        }

        BlockScan.Run(snapshot, context, _report, rest, Visit, cancellationToken);
        foreach (var part in _parts) counts.Add(part);
        return counts;
    }

    private bool TryCountWhole(StoredBlock block, HistogramCounts counts)
    {
        var summary = block.Summary;
        var bucket = request.BucketOf(summary.MinTimeNs);
        if (bucket != request.BucketOf(summary.MaxTimeNs)) return false;
        var verdict = _query.Examine(block, null);
        if (verdict == BlockVerdict.None) return true;
        if (verdict == BlockVerdict.Some && _query.Severities is null) return false;
        var mask = verdict == BlockVerdict.All ? uint.MaxValue : _query.Severities!.Value;
        for (var i = 0; i < summary.Severities.Length; i++)
        {
            if ((mask >> summary.Severities[i] & 1) != 0)
                counts.Add(bucket, (Severity)summary.Severities[i], summary.SeverityCounts[i]);
        }

        return true;
    }

    private bool Visit(BlockSession session, StoredBlock block)
    {
        var verdict = session.Examine(block, _query);
        if (verdict == BlockVerdict.None
            || !session.TryOpen(block, verdict == BlockVerdict.All ? ColumnSet.Numbers : _query.Columns))
            return true;
        if (!_parts.TryTake(out var counts)) counts = new HistogramCounts(request);
        var reader = session.Reader;
        session.Guard(block, () =>
        {
            for (var i = 0; i < reader.Records; i++)
            {
                var severity = (Severity)reader.Severities[i];
                if (_query.Severities is { } mask ? (mask >> (int)severity & 1) == 0
                    : verdict != BlockVerdict.All && !_query.Matches(reader.Get(i))) continue;
                counts.Add(reader.Times[i], severity);
            }
        });
        _parts.Add(counts);
        return true;
    }
}
