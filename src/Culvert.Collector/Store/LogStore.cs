using Culvert.Collector.Records;
using Culvert.Collector.Query;
using Culvert.Collector.Query.Fields;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Store;

/// <summary>Takes a result; false ends the search.</summary>
internal delegate bool RecordVisitor(in StoredRecord record);

/// <summary>
/// Answers questions about everything that was collected: what is in blocks, and what is still on its way there in the
/// spool. Reads only, beside a running writer, in its process or in another one.
/// </summary>
/// <remarks>Any thread; calls overlap. Calls are synchronous and may take as long as reading the data does.</remarks>
internal sealed class LogStore : IDisposable
{
    private readonly StoreViews _views;
    private readonly StoreContext _context;
    private readonly ISpoolTail? _tail;

    private LogStore(string folder, ISpoolTail? tail, ILogger logger)
    {
        _views = new StoreViews(folder);
        _context = new StoreContext(logger);
        _tail = tail;
    }

    /// <summary>Blocks that were found damaged since the start.</summary>
    public long DamagedBlocks => _context.DamagedBlocks;

    /// <summary>Opens the store of a folder, which need not exist yet. Without a tail, only blocks are
    /// searched.</summary>
    public static LogStore Open(string folder, ISpoolTail? tail, ILogger logger) => new(folder, tail, logger);

    /// <summary>The next results of a search, newest first by (time, position): no record missing or twice, whatever
    /// the writer does meanwhile. The next page begins at <see cref="SearchPage.Next"/>.</summary>
    public SearchPage SearchPage(SearchRequest request, CancellationToken cancellationToken = default)
    {
        var limit = Math.Clamp(request.Limit ?? int.MaxValue, 1, StoreLimits.PageRecordsMax);
        using var snapshot = Snapshot(out var tail);
        using (tail)
        {
            var run = new SearchRun(request, snapshot, _context, limit);
            return run.Run(heap => tail?.Search(request, heap, cancellationToken), cancellationToken);
        }
    }

    /// <summary>Gives the results one after the other, newest first; memory is bounded however many there
    /// are.</summary>
    public SearchReport Search(
        SearchRequest request, RecordVisitor visit, CancellationToken cancellationToken = default)
    {
        var left = request.Limit ?? int.MaxValue;
        while (true)
        {
            var page = SearchPage(request with { Limit = left }, cancellationToken);
            foreach (var record in page.Records)
            {
                if (!visit(record.Record)) return page.Report;
            }

            if (request.Limit is not null) left -= page.Records.Length;
            if (page.Next is null || left <= 0) return page.Report;
            request = request with { Before = page.Next };
        }
    }

    /// <summary>How many records match in the range; limit and page are not looked at.</summary>
    public long Count(SearchRequest request, CancellationToken cancellationToken = default)
    {
        using var snapshot = Snapshot(out var tail);
        using (tail) return new CountRun(request, snapshot, _context).Run(tail, cancellationToken);
    }

    /// <summary>Counts by bucket of time and level.</summary>
    public HistogramCounts Histogram(HistogramRequest request, CancellationToken cancellationToken = default)
    {
        request.Check();
        using var snapshot = Snapshot(out var tail);
        using (tail) return new HistogramRun(request, snapshot, _context).Run(tail, cancellationToken);
    }

    /// <summary>The least and greatest time of what was stored, records with a clock far off left aside unless there
    /// are no others; null when the store is empty. For a histogram over everything.</summary>
    public (long MinNs, long MaxNs)? TimeExtent(CancellationToken cancellationToken = default)
    {
        using var snapshot = Snapshot(out var tail);
        using (tail) return TimeRange.Of(snapshot.Blocks, tail, cancellationToken);
    }

    /// <summary>The most frequent values of a field among the newest matches.</summary>
    /// <param name="request">Limit and page are not looked at.</param>
    /// <param name="field">As the query language names it.</param>
    /// <param name="top">How many values.</param>
    /// <param name="sampleMax">How many records to look at.</param>
    /// <param name="cancellationToken">Ends it with an exception.</param>
    public TopValues TopValues(
        SearchRequest request, string field, int top = 10, long sampleMax = 200_000,
        CancellationToken cancellationToken = default)
    {
        var resolved = FieldNames.Resolve(field);
        using var snapshot = Snapshot(out var tail);
        using (tail)
        {
            var run = new SampleRun(request, snapshot, _context, QueryColumns.Of(resolved), sampleMax);
            var counts = run.Run(tail, FieldSampler.Values(resolved), cancellationToken);
            return new TopValues(
                resolved.Name, counts.Top(top), counts.Distinct, counts.Sampled, counts.Having, run.IsWhole);
        }
    }

    /// <summary>The names of attributes among the newest matches, the most frequent first: what can be asked for
    /// besides the names that the query language knows itself.</summary>
    public IReadOnlyList<ValueCount> Fields(
        SearchRequest request, int top = 200, long sampleMax = 20_000, CancellationToken cancellationToken = default)
    {
        using var snapshot = Snapshot(out var tail);
        using (tail)
        {
            var run = new SampleRun(request, snapshot, _context, ColumnSet.Attributes, sampleMax);
            return run.Run(tail, FieldSampler.Names, cancellationToken).Top(top);
        }
    }

    /// <summary>One record; null when there is none at this position (any more).</summary>
    public RecordCopy? Get(ulong position, CancellationToken cancellationToken = default)
    {
        using var snapshot = Snapshot(out var tail);
        using (tail) return new PositionRun(snapshot, _context).Get(position, tail, cancellationToken);
    }

    /// <summary>A record and its neighbours of the same source, in the order of positions; empty when it is not
    /// there.</summary>
    public IReadOnlyList<RecordCopy> Context(
        ulong position, int before, int after, CancellationToken cancellationToken = default)
    {
        using var snapshot = Snapshot(out var tail);
        using (tail) return new PositionRun(snapshot, _context).Context(
            position, before, after, tail, cancellationToken);
    }

    /// <summary>Follows the records in the order in which they come in, from a position on, without a gap: blocks first
    /// where the spool no longer has them. <see cref="End"/> is now.</summary>
    public LogTail OpenTail(LogQuery query, ulong position) =>
        new(this, _tail ?? throw new InvalidOperationException("There is no spool to follow."), query, position);

    /// <summary>The position after the last record that is durable: where a live tail begins.</summary>
    public ulong End
    {
        get
        {
            if (_tail is not null) return _tail.End;
            using var snapshot = _views.Take(1);
            return snapshot.Cursor;
        }
    }

    /// <summary>Matches with positions from <paramref name="from"/> up to and without <paramref name="to"/> that are in
    /// blocks, in the order of positions, and how far blocks reach.</summary>
    internal List<RecordCopy> ReadBlocks(LogQuery query, ulong from, ref ulong to, CancellationToken cancellationToken)
    {
        using var snapshot = _views.Take(1);
        to = Math.Min(to, snapshot.Cursor);
        return new PositionRun(snapshot, _context).Range(query, from, to, cancellationToken);
    }

    public void Dispose()
    {
        _views.Dispose();
        _context.Dispose();
    }

    private StoreSnapshot Snapshot(out TailScan? tail)
    {
        // The writer may commit, and the spool delete what was committed, between the two steps: then the tail would
        // have a hole at its start, and a new snapshot has those records in blocks.
        for (var attempt = 0; ; attempt++)
        {
            var snapshot = _views.Take(Math.Min(Environment.ProcessorCount, StoreLimits.SearchWorkersMax));
            tail = _tail is null ? null : new TailScan(_tail, snapshot.Cursor);
            if (tail is null || tail.IsWhole || attempt == 5) return snapshot;
            tail.Dispose();
            snapshot.Dispose();
        }
    }
}
