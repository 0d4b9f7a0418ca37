using System.Text;
using System.Text.Json;
using Culvert.Collector.Consuming;
using Culvert.Collector.Intake;
using Culvert.Collector.Outputs;
using Culvert.Collector.Outputs.Kafka;
using Culvert.Collector.Tests.Web;
using Culvert.Collector.Web.Api;
using Microsoft.Playwright;

namespace Culvert.Web.Tests;

/// <summary>What became of every record, as the page shows it: of a collector, a consumer, and a search
/// server.</summary>
public sealed class LedgerViewTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task Collector_WithMendedAndDroppedRecords_ShowsThemByReason()
    {
        await using var page = await OpenAsync(site =>
        {
            site.Ledger.CountMended("listen", MendReason.BrokenJson, 1234);
            site.Ledger.CountDropped("listen", DropReason.DiskFull, 17);
        });
        await page.Expect("#ledger-view").ToContainTextAsync("Mended when they came");
        await page.Expect("#ledger-view").ToContainTextAsync("brokenJson1,234");
        await page.Expect("#ledger-view").ToContainTextAsync("diskFull17");
        await SaveAsync(page, "ledger-mended");
    }

    [Fact]
    public async Task Collector_ThatShedOnAShortDisk_ShowsTheLevels()
    {
        await using var page = await OpenAsync(json: """
            {"time":"2026-01-31T00:00:00Z","position":0,"balanced":true,
             "total":{"received":3,"duplicates":0,"dropped":{"diskShort":3},"spooled":0},"inputs":[],"sources":[],
             "producers":[],"shedByLevel":{"trace":2,"debug":1,"info":0},"forgottenProducers":{"lost":0},"outputs":[]}
            """);
        await page.Expect("#ledger-view").ToContainTextAsync("Dropped on a short disk, by level");
        await page.Expect("#ledger-view").ToContainTextAsync("trace2");
        await page.Expect("#ledger-view").Not.ToContainTextAsync("info0");
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1400)]
    [InlineData(ColorScheme.Dark, 1400)]
    [InlineData(ColorScheme.Light, 400)]
    public async Task Consumer_WithPartitions_ShowsHowFarEachIs(ColorScheme scheme, int width)
    {
        await using var page = await OpenAsync(json: ConsumerJson(), scheme: scheme, width: width);
        await page.Expect("#ledger-view h1").ToHaveTextAsync("Consumer of search");
        await page.Expect("#ledger-view").ToContainTextAsync("Partitions of this member");
        await page.Expect("#ledger-view tbody tr").ToHaveCountAsync(2);
        var cells = await page.Page.Locator("#ledger-view tbody tr >> nth=0").Locator("td").AllTextContentsAsync();
        Assert.Equal(["logs", "0", "1,501", "1,200", "2,000", "800", "0"], cells);
        Assert.True(await page.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        await page.Expect("#ledger-view .card >> nth=1")
            .ToContainTextAsync("3 refused for good, kept as dead letters: not_otlp 3.");
        await SaveAsync(page, $"consumer-{scheme}-{width}".ToLowerInvariant());
    }

    [Fact]
    public async Task ConsumerThatWritesElsewhere_WhenOpened_ShowsItsLedgerAndNoFailedSearch()
    {
        await using var page = await OpenAsync(json: ConsumerJson());
        await page.Page.RouteAsync("**/api/search*", route => route.FulfillAsync(
            new() { Status = 404, Body = """{"error":"There is nothing at this path."}""" }));
        await page.Page.EvaluateAsync("document.querySelector('.brand').click()");
        await page.Expect("#ledger-view h1").ToHaveTextAsync("Consumer of search");
        page.Expected("404");
    }

    [Fact]
    public async Task SearchServer_ByTheLedgersButton_ShowsItsIndices()
    {
        await using var page = await OpenAsync(path: "/", json: """
            {"time":"2026-01-31T00:00:00Z","server":"OpenSearch 2.19.3","address":"http://search:9200",
             "pattern":"culvert-*","records":7,"bytes":4096,
             "indices":[{"name":"culvert-2026.01.31","health":"green","records":7,"bytes":4096}]}
            """);
        await page.Page.Locator("#ledger").ClickAsync();
        await page.Expect("#ledger-view h1").ToHaveTextAsync("Indices");
        await page.Expect("#ledger-view").ToContainTextAsync("culvert-2026.01.31");
        await page.Expect("#ledger-view").ToContainTextAsync("on the pages of the collectors that write here");
    }

    /// <summary>As a member writes it.</summary>
    private static string ConsumerJson()
    {
        var options = new ConsumerOptions
        {
            Brokers = "kafka:9092", Topics = ["logs"], Group = "search", DeadLetterTopic = "dead",
        };
        var counts = new ConsumerCounts();
        var (first, second) = (new KafkaPartition("logs", 0), new KafkaPartition("logs", 1));
        counts.Assign([first, second]);
        counts.Read(first, 1500);
        counts.Safe(first, 1200);
        counts.End(first, 2000);
        var reading = new OutputStatus("consume", "kafka", TimeProvider.System);
        reading.CountRejected(3, "not_otlp");
        var writing = new OutputStatus("search", "elasticsearch", TimeProvider.System);
        var report = new ConsumerReport(
            options, counts, new ConsumedQueue(0, settlesItself: true), 0, reading, writing);
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            LedgerJson.Write(writer, new Ledger().Snapshot(), TimeProvider.System.GetUtcNow(), report.Write);
        }

        return Encoding.UTF8.GetString(json.ToArray());
    }

    private Task<BrowserPage> OpenAsync(
        Action<LogSite>? fill = null, string path = "/?view=ledger", string? json = null,
        ColorScheme scheme = ColorScheme.Light, int width = 1400) => BrowserPage.OpenAsync(
        chromium,
        async site =>
        {
            await site.AddAsync("one");
            site.StoreAll();
            fill?.Invoke(site);
        },
        path, scheme, width,
        prepare: page => json is null
            ? Task.CompletedTask
            : page.RouteAsync("**/api/stats", route => route.FulfillAsync(
                new() { ContentType = "application/json", Body = json })));

    private static async Task SaveAsync(BrowserPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("CULVERT_SCREENSHOTS") is { Length: > 0 } folder)
            await page.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") });
    }
}
