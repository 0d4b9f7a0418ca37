using System.Text;
using System.Text.Json;
using Culvert.Collector.Tests.EndToEnd;

namespace Culvert.Services.Tests.Kafka;

/// <summary>Records that Kafka refuses for good.</summary>
public sealed class KafkaLetterTests
{
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromMinutes(3);
    private static readonly string ForBroker = new('b', 30_000);
    private static readonly string ForLibrary = new('l', 60_000);

    /// <summary>Of each format the broker refuses one, which the library does not know to be too large, and the library
    /// the other. What was in a batch with them is no letter, and what is sent again arrives as it was.</summary>
    [Fact]
    public async Task Deliver_RecordsTooLarge_AreDeadLettersAndCanBeSentAgain()
    {
        await using var broker = await KafkaBroker.StartAsync("message.max.bytes=20000");
        await using var collector = await ShippingCollector.StartAsync(Outputs(broker, "50000"));
        await collector.SendAsync("shop", 500, ForBroker, ForLibrary);
        foreach (var output in (string[])["pb", "js"])
        {
            await collector.UntilDeliveredAsync(output, 502);
            var state = await collector.OutputAsync(output);
            Assert.Equal(2, state.GetProperty("rejected").GetInt64());
            Assert.Equal(2, state.GetProperty("rejectedByReason").GetProperty("too_large").GetInt64());
            Assert.Equal(500, TestTopics.ReadAll(broker.Address, output, ReadTimeout)
                .Select(message => message.Identity).Distinct().Count());
        }

        var letters = await ListAsync(collector);
        Assert.Equal(["js", "js", "pb", "pb"], letters.Select(letter => Text(letter, "place")).Order());
        Assert.All(letters, letter =>
        {
            Assert.Equal((Text(letter, "place"), "too_large"), (Text(letter, "from"), Text(letter, "reason")));
            Assert.Contains(
                $"raise message.max.bytes under outputs.{Text(letter, "from")}.librdkafka", Text(letter, "problem"),
                StringComparison.Ordinal);
        });

        // Nothing was mended yet.
        var (code, said) = await LettersAsync(collector, "replay", Text(letters[0], "id"));
        Assert.Equal((1, "0 sent again, 1 not."), (code, said.Split('\n')[^1]));

        await broker.RunToolAsync(
            "kafka-configs.sh", "--alter", "--entity-type", "brokers", "--entity-default",
            "--add-config", "message.max.bytes=1000000");
        await collector.ConfigureAsync(Outputs(broker, "1000000"));
        Assert.Equal((0, "4 sent again, 0 not."), await LettersAsync(collector, "replay", "--all"));
        Assert.Empty(await ListAsync(collector));
        foreach (var output in (string[])["pb", "js"])
        {
            var messages = TestTopics.ReadAll(broker.Address, output, ReadTimeout);
            var again = messages.Where(message => message.Header("culvert.replayed") == "1").ToList();
            Assert.Equal(
                letters.Where(letter => Text(letter, "from") == output).Select(letter => Text(letter, "identity"))
                    .Order(StringComparer.Ordinal),
                again.Select(message => message.Identity).Order(StringComparer.Ordinal));
            Assert.Contains(again, message => Encoding.UTF8.GetString(message.Value).Contains(
                ForBroker, StringComparison.Ordinal));
            Assert.All(again, message => Assert.Equal(
                (Encoding.UTF8.GetString(messages[0].Key), messages[0].Schema),
                (Encoding.UTF8.GetString(message.Key), message.Schema)));
        }
    }

    private static string Outputs(KafkaBroker broker, string bytesMax)
    {
        var more = $$"""
            "brokers": "{{broker.Address}}", "compression": "none",
              "librdkafka": { "message.max.bytes": "{{bytesMax}}" }
            """;
        return $$"""
            "pb": { "type": "kafka", "topic": "pb", {{more}} },
            "js": { "type": "kafka", "topic": "js", "format": "json", {{more}} }
            """;
    }

    private static string Text(JsonElement letter, string name) => letter.GetProperty(name).GetString()!;

    private static async Task<List<JsonElement>> ListAsync(ShippingCollector collector)
    {
        var (code, said) = await LettersAsync(collector, "list", "--json");
        Assert.True(code == 0, said);
        return [.. said.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static Task<(int ExitCode, string Output)> LettersAsync(
        ShippingCollector collector, params string[] arguments) => RunningCollector.RunToolAsync(
        ["deadletters", .. arguments, "--data", collector.Running.DataFolder, "--config", collector.ConfigurationFile]);
}
