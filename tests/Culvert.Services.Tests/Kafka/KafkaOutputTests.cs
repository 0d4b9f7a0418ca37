using System.Text;
using System.Text.Json;
using Culvert.Collector.Otlp;
using Culvert.Collector.Outputs;
using Culvert.Collector.Tests.EndToEnd;

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
        var (code, said) = await RunningCollector.RunToolAsync("stats", "--data", collector.Running.DataFolder);
        Assert.Equal(0, code);
        Assert.Contains("retrying: No Kafka broker answers at 127.0.0.1:1", said, StringComparison.Ordinal);
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

    private static Func<JsonElement, bool> Stored(long count) =>
        state => state.GetProperty("stored").GetInt64() >= count;
}
