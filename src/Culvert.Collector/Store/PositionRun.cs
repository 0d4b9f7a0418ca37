using Culvert.Collector.Query;
using Culvert.Collector.Query.Pruning;
using Culvert.Collector.Records;

namespace Culvert.Collector.Store;

/// <summary>Finds records by their position: one, its neighbours, a range. One thread, once.</summary>
internal sealed class PositionRun(StoreSnapshot snapshot, StoreContext context)
{
    private readonly SearchReport _report = new();

    public RecordCopy? Get(ulong position, TailScan? tail, CancellationToken cancellationToken)
    {
        RecordCopy? found = null;
        if (position >= snapshot.Cursor)
        {
            tail?.Visit((in StoredRecord record) =>
            {
                if (record.Position == position) found = new RecordCopy(record);
                return record.Position < position;
            }, cancellationToken);
            return found;
        }

        using var session = snapshot.OpenSession(0, _report, context);
        foreach (var block in snapshot.Blocks)
        {
            if (block.Summary.FirstPosition > position || block.Summary.LastPosition < position) continue;
            cancellationToken.ThrowIfCancellationRequested();
            Visit(session, block, p => p == position, record => found = record);
            if (found is not null) return found;
        }

        return null;
    }

    /// <summary>The record and its neighbours of the same source.</summary>
    public IReadOnlyList<RecordCopy> Context(
        ulong position, int before, int after, TailScan? tail, CancellationToken cancellationToken)
    {
        var center = position < snapshot.Cursor ? Get(position, null, cancellationToken) : null;
        var neighbours = ContextInTail(position, after, ref center, tail, cancellationToken);
        if (center is null) return [];
        var source = center.Record.Source;
        neighbours.RemoveAll(record => !record.Record.Source.Equals(source));
        AddBefore(neighbours, source, position, before, cancellationToken);
        AddAfter(neighbours, source, position, after, cancellationToken);
        var older = neighbours.Where(r => r.Position < position).OrderByDescending(r => r.Position)
            .Take(before).Reverse();
        var newer = neighbours.Where(r => r.Position > position).OrderBy(r => r.Position).Take(after);
        return [.. older, center, .. newer];
    }

    /// <summary>The tail is read once, and the record itself may be in it: what comes before it is kept until its
    /// source is known, within a limit.</summary>
    private static List<RecordCopy> ContextInTail(
        ulong position, int after, ref RecordCopy? center, TailScan? tail, CancellationToken cancellationToken)
    {
        var before = new Queue<RecordCopy>();
        var behind = new List<RecordCopy>();
        var found = center;
        tail?.Visit((in StoredRecord record) =>
        {
            if (record.Position == position) found = new RecordCopy(record);
            if (record.Position < position) before.Enqueue(new RecordCopy(record));
            if (before.Count > StoreLimits.PageRecordsMax) before.Dequeue();
            if (record.Position > position && found is not null && record.Source.Equals(found.Record.Source))
                behind.Add(new RecordCopy(record));
            return behind.Count < after || record.Position <= position;
        }, cancellationToken);
        center = found;
        return [.. before, .. behind];
    }

    /// <summary>Matches with positions in a range, in their order.</summary>
    public List<RecordCopy> Range(LogQuery query, ulong from, ulong to, CancellationToken cancellationToken)
    {
        var found = new List<RecordCopy>();
        var asked = new StoreQuery(query);
        using var session = snapshot.OpenSession(0, _report, context);
        foreach (var block in snapshot.Blocks)
        {
            if (block.Summary.LastPosition < from || block.Summary.FirstPosition >= to) continue;
            cancellationToken.ThrowIfCancellationRequested();
            var verdict = session.Examine(block, asked);
            if (verdict == BlockVerdict.None) continue;
            Visit(session, block, p => p >= from && p < to, record =>
            {
                if (verdict == BlockVerdict.All || query.Matches(record.Record)) found.Add(record);
            });
        }

        found.Sort((a, b) => a.Position.CompareTo(b.Position));
        return found;
    }

    private void AddBefore(
        List<RecordCopy> found, Source source, ulong position, int count, CancellationToken cancellationToken)
    {
        var blocks = snapshot.Blocks.Where(b => b.Summary.FirstPosition < position && b.Sources.Contains(source))
            .OrderByDescending(b => b.Summary.LastPosition);
        var kept = new PriorityQueue<RecordCopy, ulong>();
        using var session = snapshot.OpenSession(0, _report, context);
        foreach (var block in blocks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (kept.Count >= count && (count == 0 || block.Summary.LastPosition < kept.Peek().Position)) break;
            Visit(session, block, p => p < position, record => Keep(kept, record, record.Position, source, count));
        }

        found.AddRange(kept.UnorderedItems.Select(item => item.Element));
    }

    private void AddAfter(
        List<RecordCopy> found, Source source, ulong position, int count, CancellationToken cancellationToken)
    {
        var blocks = snapshot.Blocks.Where(b => b.Summary.LastPosition > position && b.Sources.Contains(source))
            .OrderBy(b => b.Summary.FirstPosition);
        var kept = new PriorityQueue<RecordCopy, ulong>();
        using var session = snapshot.OpenSession(0, _report, context);
        foreach (var block in blocks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (kept.Count >= count && (count == 0 || block.Summary.FirstPosition > kept.Peek().Position)) break;
            Visit(session, block, p => p > position, record => Keep(
                kept, record, ulong.MaxValue - record.Position, source, count));
        }

        found.AddRange(kept.UnorderedItems.Select(item => item.Element));
    }

    /// <summary>Keeps the records of the highest rank.</summary>
    private static void Keep(
        PriorityQueue<RecordCopy, ulong> kept, RecordCopy record, ulong rank, Source source, int count)
    {
        if (!record.Record.Source.Equals(source)) return;
        kept.Enqueue(record, rank);
        if (kept.Count > count) kept.Dequeue();
    }

    private static void Visit(
        BlockSession session, StoredBlock block, Func<ulong, bool> isWanted, Action<RecordCopy> take)
    {
        if (!session.TryOpen(block, ColumnSet.Numbers)) return;
        var reader = session.Reader;
        session.Guard(block, () =>
        {
            for (var i = 0; i < reader.Records; i++)
            {
                if (!isWanted(reader.Positions[i])) continue;
                reader.Load(ColumnSet.All);
                take(new RecordCopy(reader.Get(i)));
            }
        });
    }
}
