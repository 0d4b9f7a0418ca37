using System.Text.Json;
using Culvert.Collector.Elasticsearch;
using Culvert.Collector.Tests.EndToEnd;
using Culvert.Services.Tests.Kafka;
using Culvert.Tests;

namespace Culvert.Services.Tests.Elasticsearch;

/// <summary>The whole way: programs, collector, Kafka, two members of a group, search server, each of which is
/// killed.</summary>
[Collection(SearchServer.Collection)]
public sealed class ScaleOutTests(SearchServer server) : IDisposable
{
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("CULVERT_TEST_FULL") == "1";
    private static readonly int RecordsOfEach = IsFull ? 250_000 : 10_000;

    private readonly TempFolder _folder = new();
    private readonly string _name = $"s{Guid.NewGuid():N}"[..12];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Deliver_EverythingKilledInBetween_EachRecordIsInTheIndexOnce()
    {
        using var client = server.Connect();
        await using var broker = await KafkaBroker.StartAsync();
        await using var collector = await ShippingCollector.StartAsync(
            $$""" "kafka": { "type": "kafka", "brokers": "{{broker.Address}}", "topic": "logs" } """);
        var sending = Task.WhenAll(
            collector.SendAsync("one", RecordsOfEach), collector.SendAsync("two", RecordsOfEach));
        await collector.UntilAsync("kafka", Stored(RecordsOfEach / 4), "a part is in Kafka");
        var first = await StartMemberAsync(broker);
        await using var second = await StartMemberAsync(broker);

        await collector.Running.KillAsync();
        await collector.StartAgainAsync();
        await broker.KillAsync();
        await broker.StartAgainAsync();
        await UntilIndexedAsync(client, 1);
        await first.KillAsync();
        await server.KillAsync();
        await server.StartAgainAsync();
        await sending;
        await collector.UntilDeliveredAsync("kafka", 2L * RecordsOfEach);
        await using var third = await StartMemberAsync(broker);
        await UntilIndexedAsync(client, 2L * RecordsOfEach);
        await second.UntilAsync(NothingBehind, "nothing is behind");
        await third.UntilAsync(NothingBehind, "nothing is behind");
        await third.StopAsync();
        await second.StopAsync();

        Assert.Equal(2L * RecordsOfEach, await CountAsync(client));
        var answer = await SearchServer.AskAsync(
            client, HttpMethod.Post, $"/{_name}-*/_search",
            """{"size":0,"aggs":{"twice":{"terms":{"field":"identity","min_doc_count":2,"size":10}}}}""");
        using var document = answer.Json();
        Assert.Equal(0, document.RootElement.GetProperty("aggregations").GetProperty("twice").GetProperty("buckets")
            .GetArrayLength());
        var output = await collector.OutputAsync("kafka");
        Assert.Equal((2L * RecordsOfEach, 0L),
            (output.GetProperty("stored").GetInt64(), output.GetProperty("waiting").GetInt64()));

        static bool NothingBehind(JsonElement stats) => stats.GetProperty("lag").GetInt64() == 0;
    }

    /// <summary>Refused documents of a group go to its dead-letter topic, and back when the index is mended.</summary>
    [Fact]
    public async Task Consume_DocumentsThatTheIndexRefuses_AreLettersOfTheTopicAndCanBeSentAgain()
    {
        using var client = server.Connect();
        await using var broker = await KafkaBroker.StartAsync("offsets.topic.num.partitions=4");
        // The day of the records' own time.
        var index = $"/{_name}-2025.06.15";
        await SearchServer.AskAsync(
            client, HttpMethod.Put, index, """{"mappings":{"properties":{"body":{"type":"long"}}}}""");
        await using (var messages = new TestMessages(broker)) messages.Records("logs", "shop", 1, 5);
        await using var member = await StartMemberAsync(broker);
        await member.UntilDoneAsync(5);
        var output = (await member.StatsAsync()).GetProperty("output");
        Assert.Equal(5, output.GetProperty("rejectedByReason").GetProperty("mapper_parsing_exception").GetInt64());

        var letters = TestTopics.ReadAll(broker.Address, "culvert.deadletters", TimeSpan.FromMinutes(1));
        Assert.Equal(
            letters.Select(letter => letter.Identity).Order(StringComparer.Ordinal),
            letters.Select(letter => letter.Header("culvert.dead.identity")).Order(StringComparer.Ordinal));
        Assert.Equal(5, letters.Select(letter => letter.Identity).Distinct().Count());
        Assert.All(letters, letter => Assert.Equal(
            ("logs", "mapper_parsing_exception", "otlp-logs/1"),
            (letter.Header("culvert.dead.topic"), letter.Header("culvert.dead.reason"), letter.Schema)));

        await SearchServer.AskAsync(client, HttpMethod.Delete, index);
        Assert.Equal(
            (0, "5 sent again, 0 not."),
            await RunningCollector.RunToolAsync("deadletters", "replay", "--all", "--brokers", broker.Address));
        await member.UntilDoneAsync(10);
        Assert.Equal(5, await CountAsync(client));
        await member.StopAsync();
    }

    private static Func<JsonElement, bool> Stored(long count) =>
        state => state.GetProperty("stored").GetInt64() >= count;

    private Task<RunningConsumer> StartMemberAsync(KafkaBroker broker)
    {
        var file = Path.Combine(_folder.Path, "culvert.json");
        File.WriteAllText(
            file,
            $$"""
            { "consume": { "brokers": "{{broker.Address}}", "topics": "logs", "group": "{{_name}}",
                "librdkafka": { "session.timeout.ms": "6000", "heartbeat.interval.ms": "500" } },
              "outputs": { "search": {
                "type": "elasticsearch", "urls": ["{{server.Address}}"], "index": "{{_name}}" } } }
            """);
        return RunningConsumer.StartAsync(
            "--config", file, "--data", Path.Combine(_folder.Path, $"{Guid.NewGuid():N}"));
    }

    private async Task UntilIndexedAsync(ElasticsearchClient client, long count)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(IsFull ? 10 : 3));
        long found;
        while ((found = await CountAsync(client)) < count)
        {
            Assert.False(deadline.IsCancellationRequested, $"Only {found} of {count} records are in the index.");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    private async Task<long> CountAsync(ElasticsearchClient client)
    {
        await SearchServer.AskAsync(client, HttpMethod.Post, $"/{_name}-*/_refresh");
        var answer = await client.SendAsync(
            HttpMethod.Get, $"/{_name}-*/_count", default, ElasticsearchClient.Json,
            TestContext.Current.CancellationToken);
        // No shard of an index that was made a moment ago has to be there yet.
        if (answer.Status == 503) return 0;
        Assert.True(answer.IsSuccess, answer.Reason);
        using var document = answer.Json();
        return document.RootElement.GetProperty("count").GetInt64();
    }
}
