using System.Collections.Concurrent;
using Culvert.Collector.Query.Pruning;
using Culvert.Collector.Records;

namespace Culvert.Collector.Store;

/// <summary>Counts what it wants of a record.</summary>
internal delegate void RecordCounter(in StoredRecord record, ValueCounter counter);

/// <summary>Shows the newest matches to counters, up to a number of records: for top values and names of
/// fields.</summary>
internal sealed class SampleRun(
    SearchRequest request, StoreSnapshot snapshot, StoreContext context, ColumnSet columns, long max)
{
    private readonly StoreQuery _query = new(request.Query);
    private readonly SearchReport _report = new() { Blocks = snapshot.Blocks.Length };
    private readonly ConcurrentBag<ValueCounter> _parts = [];
    private long _sampled;

    /// <summary>Whether every match was shown.</summary>
    public bool IsWhole { get; private set; } = true;

    public ValueCounter Run(TailScan? tail, RecordCounter count, CancellationToken cancellationToken)
    {
        var total = new ValueCounter();
        tail?.Visit((in StoredRecord record) =>
        {
            if (!request.HasTime(record.TimeNs) || !_query.Matches(record)) return true;
            Count(record, total, count);
            return ++_sampled < max;
        }, cancellationToken);
        var blocks = Array.FindAll(snapshot.Blocks, block =>
            block.Summary.MaxTimeNs >= request.FromNs
                && (block.Summary.MinTimeNs < request.ToNs || request.ToNs == long.MaxValue));
        Array.Sort(blocks, (a, b) => b.Summary.MaxTimeNs.CompareTo(a.Summary.MaxTimeNs));
        BlockScan.Run(
            snapshot, context, _report, blocks, (session, block) => Visit(session, block, count), cancellationToken);
        foreach (var part in _parts) total.Add(part);
        return total;
    }

    private static void Count(in StoredRecord record, ValueCounter counter, RecordCounter count)
    {
        counter.BeginRecord();
        count(record, counter);
        counter.EndRecord();
    }

    private bool Visit(BlockSession session, StoredBlock block, RecordCounter count)
    {
        if (Interlocked.Read(ref _sampled) >= max)
        {
            IsWhole = false;
            return false;
        }

        var verdict = session.Examine(block, _query);
        if (verdict == BlockVerdict.None || !session.TryOpen(block, columns | _query.Columns)) return true;
        if (!_parts.TryTake(out var counter)) counter = new ValueCounter();
        var reader = session.Reader;
        session.Guard(block, () =>
        {
            for (var i = 0; i < reader.Records; i++)
            {
                if (!request.HasTime(reader.Times[i])) continue;
                var record = reader.Get(i);
                if (verdict != BlockVerdict.All && !_query.Matches(record)) continue;
                Count(record, counter, count);
                Interlocked.Increment(ref _sampled);
            }
        });
        _parts.Add(counter);
        return true;
    }
}
