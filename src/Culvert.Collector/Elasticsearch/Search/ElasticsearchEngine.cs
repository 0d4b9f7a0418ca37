using System.Text;
using Culvert.Collector.Outputs;
using Culvert.Collector.Query;
using Culvert.Collector.Query.Fields;
using Culvert.Collector.Records;
using Culvert.Collector.Search;
using Culvert.Collector.Store;

namespace Culvert.Collector.Elasticsearch.Search;

/// <summary>
/// Answers from the documents of a search server, as the store answers from its blocks. What the server cannot decide
/// alone is decided here, by the matcher that the store has, on the records between the two clauses of
/// <see cref="QueryBounds"/>.
/// </summary>
/// <remarks>Owns the client.</remarks>
internal sealed class ElasticsearchEngine(ElasticsearchClient client, string index, TimeProvider time) : ISearchEngine
{
    private readonly ElasticsearchQueries _queries = new(client, index);

    public async Task<SearchPage> SearchAsync(SearchRequest request, CancellationToken cancellationToken)
    {
        var limit = Math.Clamp(request.Limit ?? int.MaxValue, 1, StoreLimits.PageRecordsMax);
        var bounds = QueryTranslator.Translate(request.Query);
        var clause = TimeClause.Within(bounds.Upper, request.FromNs, request.ToNs);
        HitPlace? behind = request.Before is { } before
            ? new HitPlace(before.TimeNs, before.Position, before.Id ?? "")
            : null;
        var (found, bytes, report) = (new List<RecordCopy>(), 0L, new SearchReport());
        var size = Math.Min(limit, ElasticsearchLimits.HitCountFirst);
        while (true)
        {
            var page = await _queries.HitsAsync(clause, HitOrder.Newest, behind, size, cancellationToken);
            if (!bounds.IsExact) report.CountScanned(page.Records.Length);
            foreach (var record in page.Records)
            {
                if (!bounds.IsExact && !request.Query.Matches(record.Record)) continue;
                found.Add(record);
                bytes += record.Bytes;
                if (found.Count == limit || bytes > StoreLimits.PageBytesMax)
                    return new SearchPage([.. found], record.Cursor, report);
            }

            if (page.IsLast) return new SearchPage([.. found], null, report);
            behind = HitOrder.Newest.PlaceOf(page.Records[^1].Record);
            size = ElasticsearchQueries.NextSize(page);
            if (bounds.IsExact) size = Math.Min(size, limit - found.Count);
        }
    }

    public async Task<long> CountAsync(SearchRequest request, CancellationToken cancellationToken)
    {
        var bounds = Bounds(request);
        var count = await _queries.CountAsync(bounds.Lower, cancellationToken);
        await VisitBetweenAsync(request.Query, bounds, (in StoredRecord _) => ++count > 0, cancellationToken);
        return count;
    }

    public async Task<HistogramCounts> HistogramAsync(HistogramRequest request, CancellationToken cancellationToken)
    {
        request.Check();
        var counts = new HistogramCounts(request);
        var end = (Int128)request.FromNs + (Int128)request.BucketNs * request.Buckets;
        var bounds = QueryTranslator.Translate(request.Query).Within(TimeClause.Of(
            Math.Max(request.FromNs, request.MinNs), Math.Min((long)Int128.Min(end, long.MaxValue), request.EndNs)));
        if (!await HistogramQuery.TryCountAsync(_queries, bounds.Lower, request, counts, cancellationToken))
            bounds = bounds with { Lower = Dsl.None };
        await VisitBetweenAsync(
            request.Query, bounds,
            (in StoredRecord record) =>
            {
                counts.Add(record.TimeNs, record.Severity);
                return true;
            },
            cancellationToken);
        return counts;
    }

    public async Task<(long MinNs, long MaxNs)?> TimeExtentAsync(CancellationToken cancellationToken)
    {
        var size = ElasticsearchLimits.HitCountFirst;
        var oldest = await _queries.HitsAsync(Dsl.All, HitOrder.Oldest, null, size, cancellationToken);
        if (oldest.Records.Length == 0) return null;
        var newest = await _queries.HitsAsync(Dsl.All, HitOrder.Newest, null, size, cancellationToken);
        return (FirstUsual(oldest.Records), FirstUsual(newest.Records));
    }

    public async Task<TopValues> TopValuesAsync(
        SearchRequest request, string field, int top, CancellationToken cancellationToken)
    {
        var resolved = FieldNames.Resolve(field);
        var (values, counter) = (FieldSampler.Values(resolved), new ValueCounter());
        var rest = request with { Limit = ElasticsearchLimits.SampleCountMax, Before = null };
        while (true)
        {
            var page = await SearchAsync(rest, cancellationToken);
            foreach (var record in page.Records)
            {
                counter.BeginRecord();
                values(record.Record, counter);
                counter.EndRecord();
            }

            rest = rest with { Before = page.Next, Limit = rest.Limit - page.Records.Length };
            if (page.Next is null || rest.Limit <= 0)
            {
                return new TopValues(
                    resolved.Name, counter.Top(top), counter.Distinct, counter.Sampled, counter.Having,
                    page.Next is null);
            }
        }
    }

    public bool IsKey(string text) => RecordIdentity.TryParse(Encoding.UTF8.GetBytes(text), out _, out _);

    public async Task<RecordCopy?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var page = await _queries.HitsAsync(
            Dsl.Term(ElasticsearchFields.Identity, key), HitOrder.Newest, null, 1, cancellationToken);
        return page.Records.FirstOrDefault();
    }

    public async Task<IReadOnlyList<RecordCopy>> ContextAsync(
        string key, int count, bool ofItsSource, CancellationToken cancellationToken)
    {
        if (await FindAsync(key, cancellationToken) is not { } found) return [];
        var source = ofItsSource ? found.Record.Source : null;
        var before = await NeighboursAsync(found, source, HitOrder.LatestArrival, count, cancellationToken);
        var after = await NeighboursAsync(found, source, HitOrder.Arrival, count, cancellationToken);
        after.Reverse();
        return [.. after, found, .. before];
    }

    public async Task<ulong> EndAsync(CancellationToken cancellationToken)
    {
        var newest = await _queries.HitsAsync(Dsl.All, HitOrder.LatestArrival, null, 1, cancellationToken);
        return newest.Records.Length == 0 ? 0 : (ulong)newest.Records[0].Record.ObservedNs + 1;
    }

    public ISearchTail OpenTail(LogQuery query, ulong cursor) => new ElasticsearchTail(_queries, query, cursor, time);

    public void Dispose() => client.Dispose();

    private static QueryBounds Bounds(SearchRequest request) =>
        QueryTranslator.Translate(request.Query).Within(TimeClause.Of(request.FromNs, request.ToNs));

    private static long FirstUsual(RecordCopy[] records)
    {
        foreach (var copy in records)
        {
            if (!BlockBuilder.IsSkewedTime(copy.TimeNs, copy.Record.ObservedNs)) return copy.TimeNs;
        }

        return records[0].TimeNs;
    }

    private async Task VisitBetweenAsync(
        LogQuery query, QueryBounds bounds, RecordVisitor visit, CancellationToken cancellationToken)
    {
        if (bounds.IsExact) return;
        await _queries.VisitAsync(
            bounds.Between, HitOrder.Newest, null,
            (in StoredRecord record) => !query.Matches(record) || visit(record), cancellationToken);
    }

    private async Task<List<RecordCopy>> NeighboursAsync(
        RecordCopy found, Source? source, HitOrder order, int count, CancellationToken cancellationToken)
    {
        var neighbours = new List<RecordCopy>();
        await _queries.VisitAsync(
            source is null ? Dsl.All : SourceClause.Of(source), order, order.PlaceOf(found.Record),
            (in StoredRecord record) =>
            {
                if (source is null || source.Equals(record.Source)) neighbours.Add(new RecordCopy(record));
                return neighbours.Count < count;
            },
            cancellationToken);
        return neighbours;
    }
}
