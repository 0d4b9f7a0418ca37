using Culvert.Collector.Elasticsearch.Search;
using Culvert.Collector.Query;
using Culvert.Collector.Search;
using Culvert.Collector.Store;
using Culvert.Collector.Tests.Query;

namespace Culvert.Services.Tests.Elasticsearch;

/// <summary>The cases of docs/query.md, asked of a store and of a search server with the same records.</summary>
[Collection(SearchServer.Collection)]
public sealed class QueryCaseTests(SearchServer server)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Search_CasesOfTheDocument_FindsWhatItSays()
    {
        await using var engines = await TwoEngines.StartAsync(server);
        var ids = QueryDocument.Records.Select(record => record.Id).ToArray();
        await engines.AcceptAsync(QueryDocument.Records.Select(record => record.Record));
        await engines.IndexAsync();
        var wrong = new List<string>();
        var inexact = new List<string>();
        foreach (var one in QueryDocument.Cases)
        {
            var request = new SearchRequest { Query = LogQuery.Parse(one.Query), Limit = 100 };
            var stored = await FindAsync(engines.Store, request, ids);
            var served = await FindAsync(engines.Server, request, ids);
            if (stored != one.Finds || served != one.Finds)
                wrong.Add($"{one.Query}: '{one.Finds}', the store '{stored}', the server '{served}'");
            var count = await engines.Server.CountAsync(request, Cancelled);
            if (count != one.Finds.Length) wrong.Add($"{one.Query}: counted {count}");
            var bounds = QueryTranslator.Translate(request.Query);
            if (!bounds.IsExact) inexact.Add(one.Query);
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        // The server decides nearly all alone; a change that loses this would be slow and go unnoticed.
        Assert.True(inexact.Count <= 6, string.Join('\n', inexact));
    }

    [Fact]
    public async Task Search_QueryBeyondTheServersLimits_FindsWhatTheStoreFinds()
    {
        await using var engines = await TwoEngines.StartAsync(server);
        var ids = QueryDocument.Records.Select(record => record.Id).ToArray();
        await engines.AcceptAsync(QueryDocument.Records.Select(record => record.Record));
        await engines.IndexAsync();
        var wide = string.Join(" OR ", Enumerable.Range(0, 250).Select(i => $"key{i}:{i}"));
        var deep = Enumerable.Range(0, 30).Aggregate(
            "refused", (query, i) => $"{(i % 2 == 0 ? "" : "-")}({query} k{i}:*)");
        foreach (var text in (string[])
            [
                $"{wide} OR refused", $"-status:503 refused ({wide} OR status:429)", deep, $"-({deep}) level:warn",
                "\"" + string.Join(' ', Enumerable.Repeat("w", 64)) + "\"* OR \"connection ref\"*",
            ])
        {
            var request = new SearchRequest { Query = LogQuery.Parse(text), Limit = 100 };
            Assert.Equal(
                await FindAsync(engines.Store, request, ids), await FindAsync(engines.Server, request, ids));
            Assert.Equal(
                await engines.Store.CountAsync(request, Cancelled),
                await engines.Server.CountAsync(request, Cancelled));
        }
    }

    private static async Task<string> FindAsync(ISearchEngine engine, SearchRequest request, string[] ids)
    {
        var page = await engine.SearchAsync(request, Cancelled);
        return string.Concat(page.Records.Reverse().Select(record => ids[record.Position]));
    }
}
