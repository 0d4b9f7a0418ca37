using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Culvert.Cli.Reading;
using Culvert.Collector.Tests.EndToEnd;
using Culvert.Tests;

namespace Culvert.Services.Tests.Kafka;

/// <summary>Members of a consumer group on a real broker.</summary>
public sealed partial class ConsumeTests(SharedBroker shared) : IClassFixture<SharedBroker>, IDisposable
{
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromMinutes(1);

    private readonly TempFolder _folder = new();
    private readonly string _topic = $"t{Guid.NewGuid():N}";

    private KafkaBroker Broker => shared.Broker;

    private string Store => Path.Combine(_folder.Path, "store");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Consume_MessagesOfWhichNothingCanBeMade_AreDeadLettersOnceWithOriginAndBytes()
    {
        await using (var messages = new TestMessages(Broker))
        {
            messages.Records(_topic, "shop", 1, 50);
            messages.Send(_topic, "k"u8.ToArray(), [0xFF, 1, 2], new Collector.Outputs.Kafka.KafkaHeader("mine", [7]));
            messages.Send(_topic, null, "x"u8.ToArray(), new Collector.Outputs.Kafka.KafkaHeader(
                "culvert.schema", "later/9"u8.ToArray()));
            messages.Send(_topic, null, null);
            messages.Records(_topic, "shop", 51, 50);
        }

        await using (var consumer = await StartStoreAsync())
        {
            await consumer.UntilDoneAsync(103);
            var stats = await consumer.StatsAsync();
            Assert.Equal(3, stats.GetProperty("rejected").GetInt64());
            Assert.Equal(1, stats.GetProperty("rejectedByReason").GetProperty("unknown_schema").GetInt64());
            await consumer.StopAsync();
        }

        // A second start reads none of them again, though the last message of a partition may be a dead one.
        await using (var again = await StartStoreAsync())
        {
            await again.UntilAsync(RunningConsumer.HasAll, "it has its partitions, and nothing to read");
            Assert.Equal(0, (await again.StatsAsync()).GetProperty("messages").GetInt64());
            await ProduceAsync("late", 1, 30);
            await again.UntilDoneAsync(30);
            await again.StopAsync();
        }

        var letters = TestTopics.ReadAll(Broker.Address, Letters, ReadTimeout);
        Assert.Equal(["no_value", "not_otlp", "unknown_schema"],
            letters.Select(letter => letter.Header("culvert.dead.reason")).Order(StringComparer.Ordinal));
        var odd = letters.Single(letter => letter.Header("culvert.dead.reason") == "not_otlp");
        Assert.Equal((byte[])[0xFF, 1, 2], odd.Value);
        Assert.Equal("k"u8.ToArray(), odd.Key);
        Assert.Equal([7], odd.Received.Header("mine"));
        Assert.Equal(_topic, odd.Header("culvert.dead.topic"));
        var origin = TestTopics.ReadAll(Broker.Address, _topic, ReadTimeout).Single(m => m.Value is [0xFF, 1, 2]);
        Assert.Equal(
            $"{origin.Received.Partition.Number}/{origin.Received.Offset}/{origin.Received.TimestampMs}",
            string.Join('/', ((string[])["partition", "offset", "timestamp"])
                .Select(name => odd.Header($"culvert.dead.{name}"))));
        Assert.Equal(130, await CountDistinctAsync());
    }

    [Fact]
    public async Task Consume_StoreMemberKilledTwiceAndMessagesSentTwice_StoreHoldsEachRecordOnce()
    {
        await ProduceAsync("one", 1, 20_000);
        await using (var first = await StartStoreAsync())
        {
            await first.UntilAsync(
                stats => stats.GetProperty("output").GetProperty("stored").GetInt64() >= 8_000, "a part is stored");
            await first.KillAsync();
        }

        // As a collector sends that was killed: again from some point on, in the same order, and then what is new.
        await ProduceAsync("one", 15_001, 10_000);
        await using (var second = await StartStoreAsync())
        {
            await second.UntilAsync(
                stats => stats.GetProperty("output").GetProperty("stored").GetInt64() >= 4_000, "more is stored");
            await second.KillAsync();
        }

        await ProduceAsync("one", 20_001, 6_000);
        await ProduceAsync("two", 1, 1_000);
        await using (var third = await StartStoreAsync())
        {
            await third.UntilDoneAsync(1);
            await third.StopAsync();
        }

        Assert.Equal(27_000, await CountDistinctAsync());
    }

    [Fact]
    public async Task Consume_TwoMembersAndOneKilled_TheOtherTakesOverAndNothingIsLost()
    {
        for (var i = 0; i < 6; i++) await ProduceAsync($"before{i}", 1, 500);
        await using var first = await StartFileAsync("first");
        await first.UntilDoneAsync(3_000);
        await using var second = await StartFileAsync("second");
        await second.UntilAsync(HasPartitions, "it has partitions");
        await first.UntilAsync(HasPartitions, "it kept partitions");
        // Cooperatively: what it keeps was never taken, as it would be by the older protocol.
        await first.UntilAsync(_ => OneTakenBack().IsMatch(first.Process.LastLines), "it says what was taken back");
        Assert.DoesNotMatch("took [^ ]+ [^ ]+ [^ ]+ back", first.Process.LastLines);
        for (var i = 0; i < 6; i++) await ProduceAsync($"both{i}", 1, 2_000);
        await second.KillAsync();
        for (var i = 0; i < 6; i++) await ProduceAsync($"after{i}", 1, 500);
        await first.UntilAsync(RunningConsumer.HasAll, "it took over what the other one had");
        await first.StopAsync();

        var bodies = Bodies("first", "second");
        Assert.Equal(18_000, bodies.Distinct().Count());

        static bool HasPartitions(JsonElement stats) =>
            stats.GetProperty("partitions").GetArrayLength() is > 0 and < KafkaBroker.Partitions;
    }

    [Fact]
    public async Task Consume_TerminatedInMidBatch_NextMemberGoesOnWithoutLossOrDoubling()
    {
        // In small batches, of which the first member gets one at a time: it has far to go when it is stopped.
        for (var i = 0; i < 6; i++) await ProduceAsync($"part{i}", 1, 10_000);
        await using (var first = await StartFileAsync(
            "lines", """, "queued.min.messages": "1", "fetch.message.max.bytes": "1000" """))
        {
            await first.UntilAsync(
                stats => stats.GetProperty("output").GetProperty("stored").GetInt64() > 0, "some are written");
            await first.StopAsync();
        }

        // It wrote some and not all: so it was in the middle.
        var written = Bodies("lines").Count;
        Assert.InRange(written, 1, 59_999);
        TestContext.Current.TestOutputHelper?.WriteLine($"{written} of 60000 records were written by the first.");
        await using (var second = await StartFileAsync("lines"))
        {
            await second.UntilAsync(RunningConsumer.HasAll, "the rest is written");
            await second.StopAsync();
        }

        var bodies = Bodies("lines");
        Assert.Equal((60_000, 60_000), (bodies.Count, bodies.Distinct().Count()));
    }

    [Fact]
    public async Task DeadLetters_ListShowAndReplay_MessageGoesBackToItsTopicOnce()
    {
        await using (var messages = new TestMessages(Broker))
        {
            messages.Send(_topic, "k"u8.ToArray(), [0xFF, 1], new Collector.Outputs.Kafka.KafkaHeader("mine", [7]));
            messages.Send(_topic, null, "text"u8.ToArray(), new Collector.Outputs.Kafka.KafkaHeader(
                "culvert.schema", "later/9"u8.ToArray()));
        }

        await using (var consumer = await StartStoreAsync())
        {
            await consumer.UntilDoneAsync(2);
            await consumer.StopAsync();
        }

        var listed = (await LettersAsync("list", "--json")).Split('\n')
            .Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(2, listed.Count);
        var odd = listed.Single(letter => letter.GetProperty("reason").GetString() == "not_otlp");
        var id = odd.GetProperty("id").GetString()!;
        Assert.Equal([0xFF, 1], odd.GetProperty("bytes").GetBytesFromBase64());
        var shown = await LettersAsync("show", id);
        Assert.Contains("000000  ff 01", shown, StringComparison.Ordinal);
        Assert.Contains($"culvert.dead.topic: {_topic}", shown, StringComparison.Ordinal);

        Assert.Equal("1 sent again, 0 not.", await LettersAsync("replay", id));
        Assert.DoesNotContain(id, await LettersAsync("list"), StringComparison.Ordinal);
        Assert.Contains("(sent again)", await LettersAsync("list", "--all"), StringComparison.Ordinal);
        var again = TestTopics.ReadAll(Broker.Address, _topic, ReadTimeout)
            .Single(message => message.Header("culvert.replayed") == "1");
        Assert.Equal((byte[])[0xFF, 1], again.Value);
        Assert.Equal("k"u8.ToArray(), again.Key);
        Assert.Equal([7], again.Received.Header("mine"));
        Assert.Null(again.Received.Header("culvert.dead.topic"));

        async Task<string> LettersAsync(params string[] arguments)
        {
            var (code, said) = await RunningCollector.RunToolAsync(
                ["deadletters", .. arguments, "--brokers", Broker.Address, "--dead-letters", Letters]);
            Assert.True(code == 0, said);
            return said;
        }
    }

    [Fact]
    public async Task Consume_StoreThatAnotherMemberWrites_SaysWhoHoldsIt()
    {
        await using var first = await StartStoreAsync();
        var (code, said) = await RunningCollector.RunToolAsync(
            ["consume", "--brokers", Broker.Address, "--topics", _topic, "--store", Store]);
        Assert.Equal(1, code);
        Assert.Contains($"{Store} is in use by process {first.Process.Id}", said, StringComparison.Ordinal);
        await first.StopAsync();
    }

    [Fact]
    public async Task Consume_RecordOfACollector_IsStoredAsItWasThere()
    {
        await using (var collector = await ShippingCollector.StartAsync(
            $$"""
            "pb": { "type": "kafka", "brokers": "{{Broker.Address}}", "topic": "{{_topic}}" },
            "js": { "type": "kafka", "brokers": "{{Broker.Address}}", "topic": "{{_topic}}j", "format": "json" },
            "store": { "type": "store" }
            """))
        {
            await collector.SendAsync("shop", 20);
            await collector.UntilDeliveredAsync("pb", 20);
            await collector.UntilDeliveredAsync("js", 20);
            await collector.UntilDeliveredAsync("store", 20);
            await collector.Running.StopAsync();
            foreach (var (topic, name) in ((string, string)[])[(_topic, "pb"), (_topic + "j", "js")])
            {
                var folder = Path.Combine(_folder.Path, name);
                await using var consumer = await RunningConsumer.StartAsync(
                    "--brokers", Broker.Address, "--topics", topic, "--store", folder, "--group", topic);
                await consumer.UntilDoneAsync(20);
                await consumer.StopAsync();
                Assert.Equal(await RecordsAsync(collector.Running.DataFolder), await RecordsAsync(folder));
            }
        }
    }

    /// <summary>The members' records keep their order in each partition, by which the other collector tells what it
    /// has: a member that is killed, the collector that is killed, and a collector that had sent twice make none
    /// twice.</summary>
    [Fact]
    public async Task Consume_IntoACollector_MemberAndCollectorKilled_EachRecordIsThereOnce()
    {
        await using var central = new RunningCollector();
        var file = Path.Combine(_folder.Path, "central.json");
        await File.WriteAllTextAsync(
            file,
            $$"""{ "inputs": { "in": { "type": "listen", "endpoint": "{{Relay(central)}}", "relay": true } } }""",
            TestContext.Current.CancellationToken);
        await central.StartAsync("--config", file);
        for (var i = 0; i < 6; i++) await ProduceAsync($"one{i}", 1, 2_000);
        await using (var first = await StartRelayAsync(central))
        {
            await first.UntilAsync(
                stats => stats.GetProperty("output").GetProperty("stored").GetInt64() >= 3_000, "a part is there");
            await first.KillAsync();
        }

        for (var i = 0; i < 6; i++) await ProduceAsync($"one{i}", 1_501, 1_000);
        await using (var second = await StartRelayAsync(central))
        {
            await second.UntilAsync(
                stats => stats.GetProperty("output").GetProperty("stored").GetInt64() >= 3_000, "more is there");
            await central.KillAsync();
            await central.StartAsync("--config", file);
            await second.UntilAsync(RunningConsumer.HasAll, "it has all");
            await second.StopAsync();
        }

        var ledger = await central.LedgerAsync();
        Assert.True(ledger.GetProperty("balanced").GetBoolean(), ledger.GetRawText());
        Assert.Equal(15_000, ledger.GetProperty("total").GetProperty("spooled").GetInt64());
        Assert.All(
            ledger.GetProperty("producers").EnumerateArray(),
            producer => Assert.Equal(0, producer.GetProperty("lost").GetInt64()));
        var bodies = new List<string>();
        await using var reader = central.OpenReader();
        await reader.SearchAsync(new SearchTerms("", null, null), 1_000_000, (in record) =>
        {
            bodies.Add(Encoding.UTF8.GetString(record.Body));
            return true;
        }, TestContext.Current.CancellationToken);
        Assert.Equal((15_000, 15_000), (bodies.Count, bodies.Distinct().Count()));
        await central.StopAsync();
    }

    private string Letters => _topic + ".dead";

    private static string Relay(RunningCollector central) => $"unix://{central.Folder}/relay.sock";

    private Task<RunningConsumer> StartRelayAsync(RunningCollector central) => RunningConsumer.StartAsync(
        "--brokers", Broker.Address, "--topics", _topic, "--group", _topic, "--dead-letters", Letters,
        "--data", Path.Combine(_folder.Path, "relay"), "--config", Configuration(
            "relay", $$""" "central": { "type": "collector", "endpoint": "{{Relay(central)}}" } """));

    private async Task ProduceAsync(string service, int first, int count)
    {
        await using var messages = new TestMessages(Broker);
        messages.Records(_topic, service, first, count);
    }

    private Task<RunningConsumer> StartStoreAsync() => RunningConsumer.StartAsync(
        "--brokers", Broker.Address, "--topics", _topic, "--group", _topic, "--store", Store,
        "--dead-letters", Letters, "--config", Configuration("none", ""));

    private Task<RunningConsumer> StartFileAsync(
        string name, string settings = "") => RunningConsumer.StartAsync(
        "--brokers", Broker.Address, "--topics", _topic, "--group", _topic, "--dead-letters", Letters,
        "--data", Path.Combine(_folder.Path, name), "--config", Configuration(
            name,
            $$""" "lines": { "type": "file", "path": "{{Path.Combine(_folder.Path, name + ".jsonl")}}" } """,
            settings));

    /// <summary>A killed member is missed after 6 s, the least that a broker allows.</summary>
    private string Configuration(string name, string outputs, string settings = "")
    {
        var path = Path.Combine(_folder.Path, name + ".json");
        File.WriteAllText(
            path,
            $$"""
            { "consume": { "librdkafka": {
                "session.timeout.ms": "6000", "heartbeat.interval.ms": "500" {{settings}} } },
              "outputs": { {{outputs}} } }
            """);
        return path;
    }

    private List<string> Bodies(params string[] names) =>
    [
        .. names.SelectMany(name => WholeLines(Path.Combine(_folder.Path, name + ".jsonl")))
            .Select(line =>
            {
                using var record = JsonDocument.Parse(line);
                return record.RootElement.GetProperty("body").GetString()!;
            }),
    ];

    /// <summary>Without the last line where a kill tore it: what it says is with the next member.</summary>
    private static string[] WholeLines(string path) => File.ReadAllText(path, Encoding.UTF8).Split('\n')[..^1];

    [GeneratedRegex("took [^ ]+ back")]
    private static partial Regex OneTakenBack();

    /// <summary>How many records the store has; none of them twice.</summary>
    private async Task<int> CountDistinctAsync()
    {
        var bodies = new List<string>();
        await using var reader = FolderReader.Open(Store);
        await reader.SearchAsync(new SearchTerms("", null, null), 1_000_000, (in record) =>
        {
            bodies.Add(Encoding.UTF8.GetString(record.Body));
            return true;
        }, TestContext.Current.CancellationToken);
        Assert.Equal(bodies.Count, bodies.Distinct().Count());
        return bodies.Count;
    }

    private static async Task<List<string>> RecordsAsync(string folder)
    {
        var records = new List<string>();
        await using var reader = FolderReader.Open(folder);
        await reader.SearchAsync(new SearchTerms("", null, null), 1_000, (in record) =>
        {
            using var buffer = new MemoryStream();
            using (var json = new Utf8JsonWriter(buffer))
                Collector.Records.RecordJson.Write(json, record);
            var text = Encoding.UTF8.GetString(buffer.ToArray());
            // Positions are each store's own.
            records.Add(text[text.IndexOf("\"time\"", StringComparison.Ordinal)..]);
            return true;
        }, TestContext.Current.CancellationToken);
        return [.. records.Order(StringComparer.Ordinal)];
    }
}
