using System.Text;
using System.Text.Json;
using Culvert.Collector.Otlp;
using Culvert.Collector.Outputs;

namespace Culvert.Services.Tests.Kafka;

/// <summary>Programs through the collector into a real broker.</summary>
public sealed class KafkaOutputTests
{
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("CULVERT_TEST_FULL") == "1";
    private static readonly int Records = IsFull ? 250_000 : 15_000;
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Deliver_CollectorAndBrokerKilled_EveryIdentityIsThere()
    {
        await using var broker = await KafkaBroker.StartAsync();
        await using var collector = await ShippingCollector.StartAsync(
            $$"""
            "kafka": { "type": "kafka", "brokers": ["{{broker.Address}}"], "topic": "logs" },
            "store": { "type": "store" }
            """);
        await collector.SendAsync("first", 100);
        await collector.UntilDeliveredAsync("kafka", 100);

        var sending = Task.WhenAll(collector.SendAsync("one", Records), collector.SendAsync("two", Records));
        await collector.UntilAsync("kafka", Stored(Records / 4), "a part is delivered");
        await broker.KillAsync();
        await broker.StartAgainAsync();
        await collector.UntilAsync("kafka", Stored(Records / 2), "half is delivered");
        await collector.Running.KillAsync();
        await collector.StartAgainAsync();
        await sending;
        await collector.UntilDeliveredAsync("kafka", 0);
        await collector.UntilDeliveredAsync("kafka", 100 + (2L * Records));
        await collector.Running.StopAsync();

        var messages = TestTopics.ReadAll(broker.Address, "logs", ReadTimeout);
        var byIdentity = messages.ToLookup(message => message.Identity, StringComparer.Ordinal);
        Assert.Equal(100 + (2 * Records), byIdentity.Count);
        Assert.All(byIdentity, same => Assert.Single(same.Select(m => Convert.ToHexString(m.Value)).Distinct()));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{messages.Count} messages of {byIdentity.Count} records, the rest of them sent twice.");
    }

    [Fact]
    public async Task Deliver_BrokerAway_ProgramsAndOtherOutputsNoticeNothingAndAllComesAfter()
    {
        await using var broker = await KafkaBroker.StartAsync();
        await broker.KillAsync();
        var lines = Path.Combine(Path.GetTempPath(), $"culvert-lines-{Guid.NewGuid():N}.jsonl");
        await using var collector = await ShippingCollector.StartAsync(
            $$"""
            "kafka": { "type": "kafka", "brokers": ["{{broker.Address}}"], "format": "json" },
            "lines": { "type": "file", "path": "{{lines}}" }
            """);
        try
        {
            await collector.SendAsync("shop", 3000);
            await collector.UntilDeliveredAsync("lines", 3000);
            var sentence = await collector.UntilTroubledAsync("kafka", "No Kafka broker answers at");
            Assert.Contains(broker.Address, sentence, StringComparison.Ordinal);
            Assert.Equal(3000, (await collector.OutputAsync("kafka")).GetProperty("waiting").GetInt64());

            await broker.StartAgainAsync();
            await collector.UntilDeliveredAsync("kafka", 3000);
            var state = await collector.OutputAsync("kafka");
            Assert.Equal(("running", ""), (state.GetProperty("state").GetString(),
                state.GetProperty("problem").GetString()));
        }
        finally
        {
            File.Delete(lines);
        }

        var messages = TestTopics.ReadAll(broker.Address, "logs", ReadTimeout);
        Assert.Equal(3000, messages.Count);
        Assert.Equal(3000, messages.Select(message => message.Identity).Distinct().Count());
        Assert.All(messages, message => Assert.Equal("culvert-json/1", message.Schema));
        using var record = JsonDocument.Parse(messages[0].Value);
        Assert.Equal("shop", record.RootElement.GetProperty("service").GetString());
    }

    [Fact]
    public async Task Deliver_TopicsByRule_EachRecordIsInItsTopicWithKeyHeadersAndResource()
    {
        await using var broker = await KafkaBroker.StartAsync();
        await using var collector = await ShippingCollector.StartAsync(
            $$"""
            "kafka": { "type": "kafka", "brokers": ["{{broker.Address}}"], "topic": "logs.{service}",
              "compression": "zstd", "topicOfService": { "bill": "money" } }
            """);
        await collector.SendAsync("shop", 500);
        await collector.SendAsync("bill", 300);
        await collector.UntilDeliveredAsync("kafka", 800);

        var shop = TestTopics.ReadAll(broker.Address, "logs.shop", ReadTimeout);
        Assert.Equal(500, shop.Count);
        Assert.Equal(300, TestTopics.ReadAll(broker.Address, "money", ReadTimeout).Count);
        Assert.Single(shop.Select(message => Convert.ToHexString(message.Key)).Distinct());
        Assert.StartsWith("shop", Encoding.UTF8.GetString(shop[0].Key), StringComparison.Ordinal);
        Assert.All(shop, message =>
        {
            Assert.Equal("otlp-logs/1", message.Schema);
            Assert.True(RecordIdentity.TryParse(Encoding.UTF8.GetBytes(message.Identity), out _, out _));
            var reader = new ProtobufReader(message.Value);
            Assert.True(reader.Next() && reader.Field == OtlpFields.RequestResourceLogs);
            Assert.False(reader.Next() || reader.IsBroken);
        });
    }

    [Fact]
    public async Task Deliver_NoBrokerAtTheAddress_StatsSayWhatToDo()
    {
        await using var collector = await ShippingCollector.StartAsync(
            """ "kafka": { "type": "kafka", "brokers": ["127.0.0.1:1"] } """);
        await collector.SendAsync("shop", 10);
        var sentence = await collector.UntilTroubledAsync("kafka", "No Kafka broker answers at 127.0.0.1:1");
        Assert.EndsWith("start it, or mend outputs.kafka.brokers.", sentence, StringComparison.Ordinal);
        await collector.Running.StopAsync();
    }

    [Fact]
    public async Task Deliver_MissingTopicThatIsNotMade_StatsSayWhatToDo()
    {
        await using var broker = await KafkaBroker.StartAsync("auto.create.topics.enable=false");
        await using var collector = await ShippingCollector.StartAsync(
            $$""" "kafka": { "type": "kafka", "brokers": ["{{broker.Address}}"], "topic": "nowhere" } """);
        await collector.SendAsync("shop", 10);
        await collector.UntilTroubledAsync("kafka", "has no topic 'nowhere'");
        Assert.Equal(10, (await collector.OutputAsync("kafka")).GetProperty("waiting").GetInt64());
    }

    [Fact]
    public async Task Deliver_BatchAndRecordTooLargeForTheBroker_OnlyTheRecordIsRejected()
    {
        await using var broker = await KafkaBroker.StartAsync("message.max.bytes=20000");
        await using var collector = await ShippingCollector.StartAsync(
            $$""" "kafka": { "type": "kafka", "brokers": ["{{broker.Address}}"], "compression": "none" } """);
        await collector.SendAsync("shop", 500, new string('x', 30_000));
        await collector.UntilDeliveredAsync("kafka", 501);
        Assert.Equal(1, (await collector.OutputAsync("kafka")).GetProperty("rejected").GetInt64());
        var messages = TestTopics.ReadAll(broker.Address, "logs", ReadTimeout);
        Assert.Equal(500, messages.Select(message => message.Identity).Distinct().Count());
    }

    [Fact]
    public async Task Deliver_WrongPassword_StatsSayWhatToDo()
    {
        await using var broker = await KafkaBroker.StartAsync(
            "listener.security.protocol.map=CLIENT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
            "sasl.enabled.mechanisms=PLAIN", "sasl.mechanism.inter.broker.protocol=PLAIN",
            "listener.name.client.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule "
            + "required username=\"admin\" password=\"a\" user_admin=\"a\" user_culvert=\"right\";");
        await using var collector = await ShippingCollector.StartAsync(Output("wrong"));
        await collector.SendAsync("shop", 10);
        await collector.UntilTroubledAsync("kafka", "refused the user or the password");
        await collector.Running.StopAsync();

        await File.WriteAllTextAsync(
            collector.ConfigurationFile, $$"""{ "outputs": { {{Output("right")}} } }""",
            TestContext.Current.CancellationToken);
        await collector.StartAgainAsync();
        await collector.UntilDeliveredAsync("kafka", 10);

        string Output(string password) =>
            $$"""
            "kafka": { "type": "kafka", "brokers": "{{broker.Address}}", "librdkafka": {
              "security.protocol": "sasl_plaintext", "sasl.mechanisms": "PLAIN",
              "sasl.username": "culvert", "sasl.password": "{{password}}" } }
            """;
    }

    private static Func<JsonElement, bool> Stored(long count) =>
        state => state.GetProperty("stored").GetInt64() >= count;
}
