using System.Globalization;
using Culvert.Collector.Query;
using Culvert.Collector.Records;
using Culvert.Collector.Store;

namespace Culvert.Collector.Search;

/// <summary>Answers from the store of this machine. Its work is synchronous and runs on other threads, a few at a
/// time.</summary>
/// <remarks>Does not own the store.</remarks>
internal sealed class StoreEngine(LogStore store) : ISearchEngine
{
    private readonly SemaphoreSlim _slots = new(SearchLimits.SearchCountMax);

    public Task<SearchPage> SearchAsync(SearchRequest request, CancellationToken cancellationToken) =>
        RunAsync(() => store.SearchPage(request, cancellationToken), cancellationToken);

    public Task<long> CountAsync(SearchRequest request, CancellationToken cancellationToken) =>
        RunAsync(() => store.Count(request, cancellationToken), cancellationToken);

    public Task<HistogramCounts> HistogramAsync(HistogramRequest request, CancellationToken cancellationToken) =>
        RunAsync(() => store.Histogram(request, cancellationToken), cancellationToken);

    public Task<(long MinNs, long MaxNs)?> TimeExtentAsync(CancellationToken cancellationToken) =>
        RunAsync(() => store.TimeExtent(cancellationToken), cancellationToken);

    public Task<TopValues> TopValuesAsync(
        SearchRequest request, string field, int top, CancellationToken cancellationToken) =>
        RunAsync(
            () => store.TopValues(request, field, top, cancellationToken: cancellationToken), cancellationToken);

    public bool IsKey(string text) => TryReadPosition(text, out _);

    public async Task<RecordCopy?> FindAsync(string key, CancellationToken cancellationToken)
    {
        if (!TryReadPosition(key, out var position)) return null;
        return await RunAsync(() => store.Get(position, cancellationToken), cancellationToken);
    }

    public async Task<IReadOnlyList<RecordCopy>> ContextAsync(
        string key, int count, bool ofItsSource, CancellationToken cancellationToken)
    {
        if (!TryReadPosition(key, out var position)) return [];
        var found = await RunAsync(
            () => ofItsSource
                ? store.Context(position, count, count, cancellationToken)
                : Neighbours(position, (ulong)count, cancellationToken),
            cancellationToken);
        return found.Any(record => record.Position == position) ? [.. found.Reverse()] : [];
    }

    public Task<ulong> EndAsync(CancellationToken cancellationToken) => Task.FromResult(store.End);

    public ISearchTail OpenTail(LogQuery query, ulong cursor) => new StoreTail(store, query, cursor);

    public void Dispose() => _slots.Dispose();

    private static bool TryReadPosition(string key, out ulong position) =>
        ulong.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out position);

    /// <summary>Positions are dense, so the neighbours of all programs are those with the next numbers: in blocks, and
    /// behind them in the spool.</summary>
    private IReadOnlyList<RecordCopy> Neighbours(ulong position, ulong count, CancellationToken cancellationToken)
    {
        var from = position - Math.Min(position, count);
        var to = Math.Min(position, ulong.MaxValue - count - 1) + count + 1;
        var reach = to;
        var found = store.ReadBlocks(LogQuery.All, from, ref reach, cancellationToken);
        if (reach >= to) return found;
        using var tail = store.OpenTail(LogQuery.All, Math.Max(from, reach));
        while (tail.Position < to && tail.Read(Take, cancellationToken))
        {
        }

        return found;

        bool Take(in StoredRecord record)
        {
            if (record.Position < to) found.Add(new RecordCopy(record));
            return true;
        }
    }

    private async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(work, cancellationToken);
        }
        finally
        {
            _slots.Release();
        }
    }
}
