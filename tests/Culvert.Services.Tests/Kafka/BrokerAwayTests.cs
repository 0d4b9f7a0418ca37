using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Culvert.Logging;
using Culvert.Tests;
using Microsoft.Extensions.Logging;

namespace Culvert.Services.Tests.Kafka;

/// <summary>The broker is away while programs log.</summary>
public sealed class BrokerAwayTests : IDisposable
{
    private const int RecordsOfRound = 10;

    private static readonly bool IsFull = Environment.GetEnvironmentVariable("CULVERT_TEST_FULL") == "1";
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(IsFull ? 60 : 10);
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Deliver_BrokerAway_SpoolGrowsProgramsNoticeNothingAndAllComesAfterOnce()
    {
        await using var broker = await KafkaBroker.StartAsync();
        await using var collector = await ShippingCollector.StartAsync(
            $$"""
            "kafka": { "type": "kafka", "brokers": ["{{broker.Address}}"], "format": "json" },
            "lines": { "type": "file", "path": "{{Path.Combine(_folder.Path, "lines.jsonl")}}" }
            """);
        await using var program = new Program(collector.Running.Endpoint);

        var before = await program.LogAsync(Before);
        await collector.UntilDeliveredAsync("kafka", program.Count);
        await broker.KillAsync();
        var spoolBefore = SpoolBytes(collector);
        var other = collector.SendAsync("other", 20_000);
        var away = await program.LogAsync(Away);
        await other;

        // A file output beside it notices nothing either.
        var count = program.Count + 20_000;
        await collector.UntilDeliveredAsync("lines", count);
        Assert.Contains(
            broker.Address, await collector.UntilTroubledAsync("kafka", "No Kafka broker answers at"),
            StringComparison.Ordinal);
        var waiting = (await collector.OutputAsync("kafka")).GetProperty("waiting").GetInt64();
        Assert.Equal(away.Records + 20_000, waiting);
        Assert.InRange(SpoolBytes(collector) - spoolBefore, 50 * waiting, long.MaxValue);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"A record was safe after {before}; without the broker, for {Away.TotalSeconds:0} s, after {away}.");
        // A program that waited for Kafka would wait until the broker is back.
        Assert.InRange(away.Median, TimeSpan.Zero, Away / 4);

        await broker.StartAgainAsync();
        await collector.UntilDeliveredAsync("kafka", count);
        var state = await collector.OutputAsync("kafka");
        Assert.Equal(("running", "", 0), (state.GetProperty("state").GetString(),
            state.GetProperty("problem").GetString(), state.GetProperty("rejected").GetInt64()));
        var messages = TestTopics.ReadAll(broker.Address, "logs", TimeSpan.FromMinutes(3));
        Assert.Equal((count, count), (messages.Count, messages.Select(message => message.Identity).Distinct().Count()));
        Assert.All(messages, message => Assert.Equal("culvert-json/1", message.Schema));
        using var record = JsonDocument.Parse(messages[^1].Value);
        Assert.Contains(record.RootElement.GetProperty("service").GetString(), (string[])["shop", "other"]);
    }

    private static long SpoolBytes(ShippingCollector collector) =>
        new DirectoryInfo(Path.Combine(collector.Running.DataFolder, "spool")).EnumerateFiles()
            .Sum(file => file.Length);

    /// <summary>How long records took to be safe with the collector.</summary>
    private sealed record Latency(long Records, TimeSpan Median, TimeSpan Highest)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{Median.TotalMilliseconds:0.0} ms at the median and {Highest.TotalMilliseconds:0} ms at the most "
                + $"({Records} records)");
    }

    /// <summary>A program that logs some records, waits until they are safe, and so on.</summary>
    private sealed class Program : IAsyncDisposable
    {
        private readonly CulvertLoggerProvider _provider;
        private readonly ILogger _logger;

        public Program(string endpoint)
        {
            _provider = new CulvertLoggerProvider(new CulvertLoggerOptions
            {
                Endpoint = endpoint, Service = "shop", Journal = JournalMode.Never,
            });
            _logger = _provider.CreateLogger("Shop");
        }

        public long Count { get; private set; }

        public async Task<Latency> LogAsync(TimeSpan duration)
        {
            var cancellation = TestContext.Current.CancellationToken;
            var took = new List<TimeSpan>();
            // At a pace, so that what is measured is no queue of its own.
            using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
            for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < duration;)
            {
                await pace.WaitForNextTickAsync(cancellation);
                var logged = Stopwatch.GetTimestamp();
                for (var i = 0; i < RecordsOfRound; i++) _logger.LogInformation("Order {Number} is paid", Count++);
                Assert.True(await _provider.FlushAsync(Timeout, cancellation));
                took.Add(Stopwatch.GetElapsedTime(logged));
            }

            took.Sort();
            return new Latency((long)took.Count * RecordsOfRound, took[took.Count / 2], took[^1]);
        }

        public ValueTask DisposeAsync() => _provider.DisposeAsync();
    }
}
