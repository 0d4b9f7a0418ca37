using Culvert.Collector.Query.Pruning;

namespace Culvert.Collector.Store;

/// <summary>One page of a search: the newest matches of blocks and tail, at most so many.</summary>
internal sealed class SearchRun(SearchRequest request, StoreSnapshot snapshot, StoreContext context, int limit)
{
    private readonly StoreQuery _query = new(request.Query);
    private readonly ResultHeap _heap = new(limit, StoreLimits.PageBytesMax);
    private readonly SearchReport _report = new() { Blocks = snapshot.Blocks.Length };

    public SearchPage Run(Action<ResultHeap> searchTail, CancellationToken cancellationToken)
    {
        searchTail(_heap);
        // Newest first, so that a full heap ends the search at the first block that is older than all it holds.
        var blocks = Array.FindAll(snapshot.Blocks, IsInRange);
        Array.Sort(blocks, (a, b) => b.Summary.MaxTimeNs.CompareTo(a.Summary.MaxTimeNs));
        BlockScan.Run(snapshot, context, _report, blocks, Visit, cancellationToken);
        var wasFull = _heap.WasFull;
        var records = _heap.Take();
        return new SearchPage(records, wasFull && records.Length > 0 ? records[^1].Cursor : null, _report);
    }

    private bool IsInRange(StoredBlock block)
    {
        var summary = block.Summary;
        if (summary.MaxTimeNs < request.FromNs) return false;
        if (summary.MinTimeNs >= request.ToNs && request.ToNs != long.MaxValue) return false;
        return request.Before is not { } before || summary.MinTimeNs <= before.TimeNs;
    }

    private bool Visit(BlockSession session, StoredBlock block)
    {
        if (_heap.IsBeyond(block.Summary.MaxTimeNs)) return false;
        var verdict = session.Examine(block, _query);
        if (verdict == BlockVerdict.None) return true;
        if (!session.TryOpen(block, ColumnSet.Numbers)) return true;
        session.Guard(block, () => Scan(session.Reader, verdict));
        return true;
    }

    private void Scan(BlockReader reader, BlockVerdict verdict)
    {
        var isLoaded = false;
        for (var i = reader.Records - 1; i >= 0; i--)
        {
            var cursor = new SearchCursor(reader.Times[i], reader.Positions[i]);
            if (!request.HasTime(cursor.TimeNs)) continue;
            if (request.Before is { } before && cursor.CompareTo(before) >= 0) continue;
            if (!_heap.Accepts(cursor)) continue;
            if (!isLoaded)
            {
                reader.Load(_query.Columns);
                isLoaded = true;
            }

            if (verdict != BlockVerdict.All && !_query.Matches(reader.Get(i))) continue;
            reader.Load(ColumnSet.All);
            _heap.Add(new RecordCopy(reader.Get(i)));
        }
    }
}
