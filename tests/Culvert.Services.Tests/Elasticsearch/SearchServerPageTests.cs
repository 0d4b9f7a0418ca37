using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Collector.Search;
using Culvert.Collector.Store;
using Culvert.Collector.Tests;
using Culvert.Collector.Tests.Query;
using Culvert.Collector.Web;
using Culvert.Collector.Web.Access;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Services.Tests.Elasticsearch;

/// <summary>The page's API over a store and over a search server with the same records: the same answers.</summary>
[Collection(SearchServer.Collection)]
public sealed class SearchServerPageTests(SearchServer server)
{
    private const long BaseNs = 1_700_000_000_123_456_789;

    [Fact]
    public async Task Get_AnyPathOfTheApi_AnswersAsTheStoreDoes()
    {
        await using var engines = await TwoEngines.StartAsync(server);
        var documents = QueryDocument.Records.Select(record => record.Record).ToArray();
        var records = Enumerable.Range(0, 12).SelectMany(_ => documents).ToArray();
        await engines.AcceptAsync(records, i => BaseNs + i * 1_234_567_890L);
        await engines.IndexAsync();
        await using var stored = await Site.StartAsync(engines.Store);
        await using var served = await Site.StartAsync(engines.Server);
        const string range = "from=2023-11-14T22:13:30.5Z&to=2023-11-14T22:15:01.000000007Z";
        foreach (var path in (string[])
            [
                "/api/count?q=refused", $"/api/count?q=level>=warn&{range}", "/api/count?q=time:now",
                $"/api/histogram?q=status:*&{range}&buckets=17", $"/api/histogram?{range}", "/api/histogram?q=*&to=now",
                $"/api/histogram?{range}&buckets=1000", "/api/fields?q=level:warn", $"/api/fields?{range}",
                "/api/top?field=status", $"/api/top?field=service&q=-status:500&{range}", "/api/top?field=level",
                "/api/search?limit=1000", $"/api/search?q=path:orders&{range}", "/api/search?q=connection+ref*&limit=7",
                "/api/export?format=csv&q=orders", $"/api/export?format=text&{range}",
            ])
        {
            var (expected, actual) = (await stored.GetAsync(path), await served.GetAsync(path));
            Assert.True(expected == actual, $"{path}\n{expected}\n{actual}");
        }
    }

    [Fact]
    public async Task Get_RecordAndItsContext_AreThoseOfTheStore()
    {
        await using var engines = await TwoEngines.StartAsync(server);
        await engines.AcceptAsync(QueryDocument.Records.Concat(QueryDocument.Records).Select(record => record.Record));
        await engines.IndexAsync();
        await using var stored = await Site.StartAsync(engines.Store);
        await using var served = await Site.StartAsync(engines.Server);
        var page = await engines.Server.SearchAsync(
            new SearchRequest(), TestContext.Current.CancellationToken);
        var id = page.Records.Single(record => record.Position == 8).Record.Id;

        Assert.Equal(await stored.GetAsync("/api/record/8"), await served.GetAsync($"/api/record/{id}"));
        foreach (var more in (string[])["count=3", "count=100", "count=2&scope=source"])
        {
            Assert.Equal(
                await stored.GetAsync($"/api/context/8?{more}"), await served.GetAsync($"/api/context/{id}?{more}"));
        }

        Assert.Equal(HttpStatusCode.NotFound, await served.StatusAsync($"/api/record/{id}0"));
        Assert.Equal(HttpStatusCode.BadRequest, await served.StatusAsync("/api/record/8"));
        Assert.Equal(HttpStatusCode.OK, await served.StatusAsync("/readyz"));
    }

    [Fact]
    public async Task Get_ServerWithoutIndices_IsASentence()
    {
        await using var engines = await TwoEngines.StartAsync(server);
        await using var served = await Site.StartAsync(engines.Server);

        Assert.Equal(HttpStatusCode.BadGateway, await served.StatusAsync("/api/search"));
    }

    /// <summary>The page over one engine.</summary>
    private sealed class Site : IAsyncDisposable
    {
        // It stands: a range that ends now is the same one for both pages.
        private static readonly ManualTime Clock = new();
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-page-");
        private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(60) };
        private readonly EnginePage _page;

        private Site(ISearchEngine engine) => _page = new EnginePage(
            engine, _ => Task.FromResult("{}"u8.ToArray()), new HttpOptions { Address = "127.0.0.1:0" },
            _folder.FullName, NullLogger.Instance, Clock);

        public static async Task<Site> StartAsync(ISearchEngine engine)
        {
            var site = new Site(engine);
            await site._page.StartAsync(TestContext.Current.CancellationToken);
            HttpToken.TryRead(site._folder.FullName, out var token);
            site._client.BaseAddress = site._page.Address;
            site._client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return site;
        }

        public async Task<HttpStatusCode> StatusAsync(string path)
        {
            using var answer = await _client.GetAsync(path, TestContext.Current.CancellationToken);
            var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            if (!answer.IsSuccessStatusCode) Assert.Contains("{\"error\":", body, StringComparison.Ordinal);
            return answer.StatusCode;
        }

        /// <summary>The answer without what says how long it took and where it came from.</summary>
        public async Task<string> GetAsync(string path)
        {
            var text = await _client.GetStringAsync(path, TestContext.Current.CancellationToken);
            if (!path.Contains("format=", StringComparison.Ordinal))
                text = string.Join('\n', text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Comparable));
            return text;
        }

        public async ValueTask DisposeAsync()
        {
            _client.Dispose();
            await _page.DisposeAsync();
            _folder.Delete(recursive: true);
        }

        private static string Comparable(string line)
        {
            var json = JsonNode.Parse(line)!.AsObject();
            json.Remove("id");
            if (json["summary"] is JsonObject summary)
            {
                foreach (var name in (string[])["scanned", "blocks", "ms", "end"]) summary.Remove(name);
                // The cursor names the record also by its id, where there are ids.
                if (summary["next"]?.GetValue<string>() is { } next)
                    summary["next"] = string.Join('.', next.Split('.').Take(2));
            }

            // Of values that are equally frequent any may come first.
            if (json["values"] is JsonArray values)
            {
                json["values"] = new JsonArray([.. values.OrderBy(value => value!.ToJsonString()).Select(
                    value => value!.DeepClone())]);
            }

            return json.ToJsonString(JsonSerializerOptions.Default);
        }
    }
}
