using Culvert.Collector.Query;
using Culvert.Collector.Search;
using Culvert.Collector.Store;

namespace Culvert.Cli.Reading;

/// <summary>Asks a search engine in this process.</summary>
/// <param name="engine">Owned.</param>
internal abstract class EngineReader(ISearchEngine engine) : ICollectorReader
{
    public async Task<IReadOnlyList<string>> SearchAsync(
        SearchTerms terms, int limit, RecordVisitor visit, CancellationToken cancellationToken)
    {
        var request = Request(terms) with { Limit = limit };
        while (true)
        {
            var page = await engine.SearchAsync(request, cancellationToken);
            foreach (var record in page.Records) visit(record.Record);
            request = request with { Before = page.Next, Limit = request.Limit - page.Records.Length };
            if (page.Next is null || request.Limit <= 0) return [.. request.Query.Notes.Select(note => note.Message)];
        }
    }

    public Task<long> CountAsync(SearchTerms terms, CancellationToken cancellationToken) =>
        engine.CountAsync(Request(terms), cancellationToken);

    public virtual async Task TailAsync(
        string query, RecordVisitor visit, Action<long> skipped, CancellationToken cancellationToken)
    {
        var end = await engine.EndAsync(cancellationToken);
        using var tail = engine.OpenTail(LogQuery.Parse(query), end);
        while (true)
        {
            if (await tail.SkipAsync(cancellationToken) is > 0 and var left) skipped((long)left);
            while (await tail.ReadAsync(visit, cancellationToken))
            {
            }

            await tail.WaitAsync(cancellationToken);
        }
    }

    public abstract Task<byte[]> StatsAsync(CancellationToken cancellationToken);

    public virtual Task CheckReadyAsync(CancellationToken cancellationToken) => StatsAsync(cancellationToken);

    public virtual ValueTask DisposeAsync()
    {
        engine.Dispose();
        return ValueTask.CompletedTask;
    }

    private static SearchRequest Request(SearchTerms terms) => new()
    {
        Query = LogQuery.Parse(terms.Query),
        FromNs = Time(terms.From) ?? long.MinValue,
        ToNs = Time(terms.To) ?? long.MaxValue,
    };

    private static long? Time(string? text)
    {
        if (text is null) return null;
        return TimeExpression.TryParse(text, TimeProvider.System, out var timeNs, out var problem)
            ? timeNs
            : throw new ReaderException(problem, ExitCode.Usage);
    }
}
