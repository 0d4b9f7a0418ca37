using Culvert.Collector.Query.Pruning;

namespace Culvert.Collector.Store;

/// <summary>Counts matches; a block of which all match, or of which the levels decide, is not read.</summary>
internal sealed class CountRun(SearchRequest request, StoreSnapshot snapshot, StoreContext context)
{
    private readonly StoreQuery _query = new(request.Query);
    private readonly SearchReport _report = new() { Blocks = snapshot.Blocks.Length };
    private long _count;

    public long Run(TailScan? tail, CancellationToken cancellationToken)
    {
        tail?.Visit((in Records.StoredRecord record) =>
        {
            if (request.HasTime(record.TimeNs) && _query.Matches(record)) _count++;
            return true;
        }, cancellationToken);
        BlockScan.Run(snapshot, context, _report, snapshot.Blocks, Visit, cancellationToken);
        return _count;
    }

    private bool Visit(BlockSession session, StoredBlock block)
    {
        var summary = block.Summary;
        if (summary.MaxTimeNs < request.FromNs) return true;
        if (summary.MinTimeNs >= request.ToNs && request.ToNs != long.MaxValue) return true;
        var isWhole = request.HasTime(summary.MinTimeNs) && request.HasTime(summary.MaxTimeNs);
        if (isWhole && _query.Severities is { } mask)
        {
            Interlocked.Add(ref _count, summary.CountOf(mask));
            return true;
        }

        var verdict = session.Examine(block, _query);
        if (verdict == BlockVerdict.All && isWhole) Interlocked.Add(ref _count, summary.Records);
        else if (verdict != BlockVerdict.None) Read(session, block, verdict);
        return true;
    }

    private void Read(BlockSession session, StoredBlock block, BlockVerdict verdict)
    {
        if (!session.TryOpen(block, verdict == BlockVerdict.All ? ColumnSet.Numbers : _query.Columns)) return;
        var reader = session.Reader;
        session.Guard(block, () =>
        {
            var count = 0;
            for (var i = 0; i < reader.Records; i++)
            {
                if (!request.HasTime(reader.Times[i])) continue;
                if (verdict == BlockVerdict.All || _query.Matches(reader.Get(i))) count++;
            }

            Interlocked.Add(ref _count, count);
        });
    }
}
