using Culvert.Collector.Tests.EndToEnd;
using Culvert.Tests;

namespace Culvert.Services.Tests.Kafka;

/// <summary>The disk of a broker fills up while programs log, and gets space again. Kafka gives up a folder that it
/// cannot write to until it is started again, and ends when it has no other.</summary>
public sealed class BrokerDiskTests : IDisposable
{
    private const int Before = 1_000;
    private const int While = 4_000;

    private static readonly TimeSpan ReadTimeout = TimeSpan.FromMinutes(2);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task Deliver_OnlyDiskOfTheBrokerFull_StatsSaySoAndAllComesAfter() => RunAsync(
        "disk", "any more", "start it again; if it ended by itself its log says why, such as a full disk.");

    [Fact]
    public Task Deliver_OneOfTwoDisksOfTheBrokerFull_StatsSaySoAndAllComesAfter() => RunAsync(
        "disk,other", "partitions of the topic 'logs'", "free some space, and start that broker again.");

    /// <summary>Of many services, so that each partition has some.</summary>
    private static string[] Lines(int count) =>
        [.. Enumerable.Range(0, count).Select(i => $$"""{"service":"s{{i % 100}}","message":"number {{i}}"}""")];

    private async Task RunAsync(string folders, string words, string end)
    {
        KafkaBroker? broker = null;
        try
        {
            await using var disk = await SmallDisk.MountAsync(
                Path.Combine(_folder.Path, "disk"), "24m", () => broker?.KillAsync() ?? Task.CompletedTask);
            broker = await KafkaBroker.StartAsync(
                "log.dirs=" + string.Join(',', folders.Split(',').Select(name => Path.Combine(_folder.Path, name))),
                $"metadata.log.dir={Path.Combine(_folder.Path, "meta")}",
                "log.segment.bytes=1048576", "log.index.size.max.bytes=65536", "offsets.topic.num.partitions=1");
            await using var collector = await ShippingCollector.StartAsync(
                $$""" "kafka": { "type": "kafka", "brokers": ["{{broker.Address}}"], "compression": "none" } """);
            await collector.SendAsync("before", 0, Lines(Before));
            await collector.UntilDeliveredAsync("kafka", Before);

            disk.Fill();
            await collector.SendAsync("while", 0, Lines(While));
            var said = await collector.UntilTroubledAsync("kafka", words);
            Assert.EndsWith(end, said, StringComparison.Ordinal);
            Assert.Equal("retrying", (await collector.OutputAsync("kafka")).GetProperty("state").GetString());

            disk.MakeRoom();
            await broker.KillAsync();
            await broker.StartAgainAsync();
            await collector.UntilDeliveredAsync("kafka", Before + While);
            var state = await collector.OutputAsync("kafka");
            Assert.Equal((Before + While, 0, "running"), (state.GetProperty("stored").GetInt64(),
                state.GetProperty("rejected").GetInt64(), state.GetProperty("state").GetString()));
            Assert.Equal(Before + While, TestTopics.ReadAll(broker.Address, "logs", ReadTimeout)
                .Select(message => message.Identity).Distinct().Count());
        }
        finally
        {
            if (broker is not null) await broker.DisposeAsync();
        }
    }
}
