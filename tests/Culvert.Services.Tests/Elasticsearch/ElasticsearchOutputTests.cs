using System.Globalization;
using System.Text.Json;
using Culvert.Collector.Elasticsearch;
using Culvert.Collector.Tests.EndToEnd;
using Culvert.Services.Tests.Kafka;

namespace Culvert.Services.Tests.Elasticsearch;

/// <summary>Programs through the collector into a real search server.</summary>
public sealed class ElasticsearchOutputTests(SearchServer server) : IClassFixture<SearchServer>
{
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("CULVERT_TEST_FULL") == "1";
    private static readonly int Records = IsFull ? 250_000 : 10_000;

    [Fact]
    public async Task Deliver_CollectorAndServerKilled_EveryRecordIsThereOnce()
    {
        using var client = server.Connect();
        await using var collector = await StartAsync("kills");
        await collector.SendAsync("first", 100);
        await collector.UntilDeliveredAsync("search", 100);

        var sending = Task.WhenAll(collector.SendAsync("one", Records), collector.SendAsync("two", Records));
        await collector.UntilAsync("search", Stored(Records / 4), "a part is delivered");
        await server.KillAsync();
        await collector.UntilTroubledAsync("search", "search server");
        await server.StartAgainAsync();
        await collector.UntilAsync("search", Stored(Records / 2), "half is delivered");
        await collector.Running.KillAsync();
        await collector.StartAgainAsync();
        await sending;
        await collector.UntilDeliveredAsync("search", 100 + (2L * Records));
        Assert.Equal(0, (await collector.OutputAsync("search")).GetProperty("rejected").GetInt64());
        await collector.Running.StopAsync();

        await SearchServer.AskAsync(client, HttpMethod.Post, "/kills-*/_refresh");
        Assert.Equal(100 + (2 * Records), await CountAsync(client, "kills"));
        // The one that would stand in two indices has one identity and two documents.
        var doubled = await SearchServer.AskAsync(
            client, HttpMethod.Post, "/kills-*/_search",
            """{"size":0,"aggs":{"twice":{"terms":{"field":"identity","min_doc_count":2,"size":10}}}}""");
        using var answer = doubled.Json();
        Assert.Empty(answer.RootElement.GetProperty("aggregations").GetProperty("twice").GetProperty("buckets")
            .EnumerateArray());
    }

    [Fact]
    public async Task Deliver_AttributesOfEveryTypeUnderOneKey_NoneIsRefused()
    {
        using var client = server.Connect();
        await using var collector = await StartAsync("types");
        await SendLinesAsync(
            collector,
            """{"message":"m","a":1,"a.b":2,"pid":"x","numbers":"none","time_of_day":null}""",
            """{"message":"m","a":"text","a.b":{"c":[1,"x",{"d":null}]},"body":{"x":1}}""",
            """{"message":"m","a":{"b":{"c":1}},"user":{"name":"Zoë"},"level":"loud"}""",
            """{"message":"m","a":[1,[2,"x"],true],"":"","a..b":1,".":2,"x.":{"y.":1}}""",
            """{"message":"m","a":true,"big":123456789012345678901234567890,"e":1e400}""",
            $$"""{"message":"m","a":"{{new string('x', 40_000)}}","deep":{{Deep(40)}}}""",
            """{"message":"m","a":null,"dup":1,"dup":"2"}""");
        await collector.UntilDeliveredAsync("search", 7);
        Assert.Equal(0, (await collector.OutputAsync("search")).GetProperty("rejected").GetInt64());
        await SearchServer.AskAsync(client, HttpMethod.Post, "/types-*/_refresh");
        Assert.Equal(7, await CountAsync(client, "types"));
    }

    [Fact]
    public async Task Deliver_MoreThan500NumericKeys_AllAreStoredAnd500HaveAField()
    {
        using var client = server.Connect();
        await using var collector = await StartAsync("numbers");
        await SendLinesAsync(
            collector,
            [.. Enumerable.Range(0, 4).Select(part => $$"""{"message":"m",{{string.Join(
                ',', Enumerable.Range(part * 200, 200).Select(i => $"\"k.{i}\":{i}"))}}}""")]);
        await collector.UntilDeliveredAsync("search", 4);
        Assert.Equal(0, (await collector.OutputAsync("search")).GetProperty("rejected").GetInt64());
        await SearchServer.AskAsync(client, HttpMethod.Post, "/numbers-*/_refresh");
        var mapping = await SearchServer.AskAsync(client, HttpMethod.Get, "/numbers-*/_mapping");
        using var document = mapping.Json();
        var fields = document.RootElement.EnumerateObject().Single().Value.GetProperty("mappings")
            .GetProperty("properties").GetProperty("numbers").GetProperty("properties").EnumerateObject().ToArray();
        Assert.Equal(ElasticsearchLimits.NumberKeyCountMax, fields.Length);
        Assert.All(fields, field => Assert.Equal("double", field.Value.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task Deliver_DocumentThatTheIndexRefuses_IsADeadLetterAndTheRestGoesOn()
    {
        using var client = server.Connect();
        await SearchServer.AskAsync(
            client, HttpMethod.Put, "/letters-2020.01.02", """{"mappings":{"properties":{"body":{"type":"long"}}}}""");
        await using var collector = await StartAsync("letters");
        await SendLinesAsync(
            collector,
            """{"time":"2020-01-02T03:04:05Z","message":"no number"}""",
            """{"time":"2020-01-03T03:04:05Z","message":"no number"}""");
        await collector.UntilDeliveredAsync("search", 2);
        Assert.Equal(1, (await collector.OutputAsync("search")).GetProperty("rejected").GetInt64());
        var file = Path.Combine(collector.Running.DataFolder, "deadletters", "search.jsonl");
        using var letter = JsonDocument.Parse(Assert.Single(await File.ReadAllLinesAsync(
            file, TestContext.Current.CancellationToken)));
        Assert.Equal("letters-2020.01.02", letter.RootElement.GetProperty("target").GetString());
        Assert.Equal("mapper_parsing_exception", letter.RootElement.GetProperty("reason").GetString());
        Assert.Equal("no number", letter.RootElement.GetProperty("document").GetProperty("body").GetString());
        await SearchServer.AskAsync(client, HttpMethod.Post, "/letters-*/_refresh");
        Assert.Equal(1, await CountAsync(client, "letters"));
    }

    [Fact]
    public async Task Setup_RunAgain_ChangesOnlyWhatDiffers()
    {
        using var client = server.Connect();
        var url = server.Address.ToString();
        Assert.Equal("created", await SetupAsync("--replicas", "0"));
        Assert.Equal("none", await SetupAsync("--replicas", "0"));
        Assert.Equal("updated", await SetupAsync("--replicas", "1", "--dry-run"));
        Assert.Equal("none", await SetupAsync("--replicas", "0"));
        Assert.Equal("updated", await SetupAsync("--replicas", "1"));

        // This distribution has no plug-in for life cycles.
        var (code, said) = await RunningCollector.RunToolAsync(
            "elasticsearch", "setup", url, "--indices", "setup", "--keep", "7", "--json");
        Assert.Equal(1, code);
        Assert.Contains("has no index state management (ISM), so nothing deletes old indices", said,
            StringComparison.Ordinal);

        async Task<string> SetupAsync(params string[] more)
        {
            var (status, output) = await RunningCollector.RunToolAsync(
                ["elasticsearch", "setup", url, "--indices", "setup", "--json", .. more]);
            Assert.True(status == 0, output);
            using var report = JsonDocument.Parse(output);
            return report.RootElement.GetProperty("steps").EnumerateArray().Single()
                .GetProperty("change").GetString()!;
        }
    }

    private static string Deep(int depth) => depth == 0 ? "1" : $$"""{"d":{{Deep(depth - 1)}}}""";

    private static Func<JsonElement, bool> Stored(long count) =>
        state => state.GetProperty("stored").GetInt64() >= count;

    private static async Task<long> CountAsync(ElasticsearchClient client, string prefix)
    {
        var answer = await SearchServer.AskAsync(client, HttpMethod.Get, $"/{prefix}-*/_count");
        using var document = answer.Json();
        return document.RootElement.GetProperty("count").GetInt64();
    }

    private static async Task SendLinesAsync(ShippingCollector collector, params string[] lines)
    {
        var path = Path.Combine(collector.Running.Folder, "lines.txt");
        await File.WriteAllLinesAsync(path, lines, TestContext.Current.CancellationToken);
        var (code, said) = await RunningCollector.RunToolAsync(
            "send", "--to", collector.Running.Endpoint, "--service", "shop", path);
        Assert.True(code == 0, said);
    }

    private Task<ShippingCollector> StartAsync(string prefix) => ShippingCollector.StartAsync(string.Create(
        CultureInfo.InvariantCulture,
        $$""" "search": { "type": "elasticsearch", "urls": ["{{server.Address}}"], "index": "{{prefix}}" } """));
}
