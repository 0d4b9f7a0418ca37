using Culvert.Collector.Records;
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

    /// <summary>Opens the store of a folder, which need not exist yet. Without a tail, only blocks are searched.</summary>
    public static LogStore Open(string folder, ISpoolTail? tail, ILogger logger) => new(folder, tail, logger);

    /// <summary>The next results of a search, newest first by (time, position): no record missing or twice, whatever the
    /// writer does meanwhile. The next page begins at <see cref="SearchPage.Next"/>.</summary>
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

    /// <summary>Gives the results one after the other, newest first; memory is bounded however many there are.</summary>
    public SearchReport Search(SearchRequest request, RecordVisitor visit, CancellationToken cancellationToken = default)
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

    public void Dispose()
    {
        _views.Dispose();
        _context.Dispose();
    }

    private StoreSnapshot Snapshot(out TailScan? tail)
    {
        // The writer may commit, and the spool delete what was committed, between the two steps: then the tail would have a
        // hole at its start, and a new snapshot has those records in blocks.
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
