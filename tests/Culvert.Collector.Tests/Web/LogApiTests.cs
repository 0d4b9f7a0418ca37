using System.Net;
using System.Text.Json;
using Culvert.Records;

namespace Culvert.Collector.Tests.Web;

public sealed class LogApiTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Search_ByPages_GivesEveryRecordOnceNewestFirst(bool isStored)
    {
        await using var site = await LogSite.StartAsync();
        await FillAsync(site, 1_234);
        if (isStored) site.StoreAll();

        var positions = new List<ulong>();
        string? next = null;
        do
        {
            var (records, summary) = await SearchAsync(site, $"limit=500&before={next}");
            positions.AddRange(records.Select(record => record.GetProperty("position").GetUInt64()));
            next = summary.TryGetProperty("next", out var cursor) ? cursor.GetString() : null;
        }
        while (next is not null);

        Assert.Equal(Enumerable.Range(0, 1_234).Reverse().Select(i => (ulong)i), positions);
    }

    [Fact]
    public async Task Search_LimitOverAPage_IsOneAnswer()
    {
        await using var site = await LogSite.StartAsync();
        await FillAsync(site, 3_000);
        var (records, summary) = await SearchAsync(site, "limit=2500");
        Assert.Equal(2_500, records.Count);
        Assert.Equal(2_500, summary.GetProperty("found").GetInt64());
        Assert.Equal(3_000u, summary.GetProperty("end").GetUInt64());
    }

    [Fact]
    public async Task Search_QueryThatDoesNotParse_IsSearchedWithANote()
    {
        await using var site = await LogSite.StartAsync();
        await site.AddAsync("a record (with a bracket");
        var (records, summary) = await SearchAsync(site, "q=" + Uri.EscapeDataString("(bracket"));
        Assert.Single(records);
        Assert.NotEmpty(
            Assert.Single(summary.GetProperty("notes").EnumerateArray()).GetProperty("message").GetString()!);
    }

    [Theory]
    [InlineData("/api/search?limit=0")]
    [InlineData("/api/search?limit=x")]
    [InlineData("/api/search?from=someday")]
    [InlineData("/api/search?before=1")]
    [InlineData("/api/search?before=1.2.3")]
    [InlineData("/api/histogram?buckets=100000")]
    [InlineData("/api/top")]
    [InlineData("/api/record/x")]
    [InlineData("/api/record/-1")]
    [InlineData("/api/export?format=exe")]
    [InlineData("/api/tail?cursor=x")]
    public async Task Get_WrongParameter_IsOneSentence(string path)
    {
        await using var site = await LogSite.StartAsync();
        using var answer = await site.Client.GetAsync(path, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.EndsWith(".", JsonDocument.Parse(text).RootElement.GetProperty("error").GetString());
    }

    [Fact]
    public async Task Record_ThatIsThere_IsGiven_AndAnotherIsNot()
    {
        await using var site = await LogSite.StartAsync();
        await site.AddAsync("only one", Severity.Warn, ("user", "ada"));

        var record = JsonDocument.Parse(await site.GetAsync("/api/record/0")).RootElement;
        using var missing = await site.Client.GetAsync("/api/record/1", TestContext.Current.CancellationToken);

        Assert.Equal("only one", record.GetProperty("body").GetString());
        Assert.Equal("ada", record.GetProperty("attributes").GetProperty("user").GetString());
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Context_AroundARecord_IsItsNeighboursByPosition(bool isStored)
    {
        await using var site = await LogSite.StartAsync();
        await FillAsync(site, 300);
        if (isStored) site.StoreAll();
        await FillAsync(site, 300);

        var (all, _) = Lines(await site.GetAsync("/api/context/299?count=5"));
        var (own, _) = Lines(await site.GetAsync("/api/context/299?count=5&scope=source"));

        Assert.Equal(Enumerable.Range(294, 11).Reverse().Select(i => (ulong)i), all.Select(
            r => r.GetProperty("position").GetUInt64()));
        Assert.Equal(11, own.Count);
        Assert.Single(own.Select(r => r.GetProperty("service").GetString()).Distinct());
    }

    [Fact]
    public async Task Figures_OfTheSameQuery_Agree()
    {
        await using var site = await LogSite.StartAsync();
        await FillAsync(site, 900);
        site.StoreAll();
        await FillAsync(site, 100);

        var count = await JsonAsync(site, "/api/count?q=level:error");
        var histogram = await JsonAsync(site, "/api/histogram?q=level:error&buckets=50");
        var top = await JsonAsync(site, "/api/top?q=level:error&field=number");
        var fields = await JsonAsync(site, "/api/fields?q=level:error");
        var (records, _) = await SearchAsync(site, "q=level:error&limit=1000");

        Assert.Equal(records.Count, count.GetProperty("count").GetInt64());
        Assert.Equal(records.Count, histogram.GetProperty("total").GetInt64());
        Assert.Equal(50, histogram.GetProperty("buckets").GetArrayLength());
        Assert.All(histogram.GetProperty("buckets").EnumerateArray(), b => Assert.All(
            b.EnumerateObject(), l => Assert.Equal("error", l.Name)));
        Assert.Equal(records.Count, top.GetProperty("sampled").GetInt64());
        Assert.Equal(records.Count, fields.GetProperty("sampled").GetInt64());
        Assert.Equal("level", fields.GetProperty("fields")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Histogram_OfTimesAtBothEnds_IsAnswered()
    {
        await using var site = await LogSite.StartAsync();
        await site.AddAsync(2, (batch, i) => LogSite.Record(
            batch, 0, Severity.Info, i == 0 ? 1 : 4_070_908_800_000_000_000, "odd clock"));
        var all = await JsonAsync(site, "/api/histogram?from=1970-01-01T00:00:00Z&to=2099-01-02T00:00:00Z");
        Assert.Equal(2, all.GetProperty("total").GetInt64());
    }

    [Fact]
    public async Task Export_EveryFormat_HoldsEveryRecord()
    {
        await using var site = await LogSite.StartAsync();
        await FillAsync(site, 2_500);
        await site.AddAsync("=HYPERLINK(\"http://evil\")\nsecond line");

        var json = await site.GetAsync("/api/export?format=ndjson");
        var csv = await site.GetAsync("/api/export?format=csv");
        var text = await site.GetAsync("/api/export?format=text");

        Assert.Equal(2_501, json.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(2_501, text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("\"'=HYPERLINK(\"\"http://evil\"\")\nsecond line\"", csv);
        Assert.Equal(2_503, csv.Count(c => c == '\n'));
    }

    [Fact]
    public async Task Stats_AfterRecords_AddUp()
    {
        await using var site = await LogSite.StartAsync();
        await FillAsync(site, 500);
        site.StoreAll();
        await FillAsync(site, 20);

        var stats = await JsonAsync(site, "/api/stats");

        Assert.True(stats.GetProperty("balanced").GetBoolean());
        Assert.Equal(520, stats.GetProperty("total").GetProperty("received").GetInt64());
        var output = Assert.Single(stats.GetProperty("outputs").EnumerateArray());
        Assert.Equal((500, 20), (output.GetProperty("stored").GetInt32(), output.GetProperty("waiting").GetInt32()));
    }

    [Fact]
    public async Task Health_Always_SaysOk()
    {
        await using var site = await LogSite.StartAsync();
        Assert.Equal("ok\n", await site.GetAsync("/healthz"));
        Assert.Equal("ready\n", await site.GetAsync("/readyz"));
    }

    internal static Task FillAsync(LogSite site, int count) => site.AddAsync(
        count,
        (batch, i) => LogSite.Record(
            batch, i % 2, i % 10 == 0 ? Severity.Error : Severity.Info, LogSite.NowNs, $"record number {i}",
            ("number", i), ("path", $"/p/{i % 7}")),
        "api", "worker");

    private static async Task<JsonElement> JsonAsync(LogSite site, string path) =>
        JsonDocument.Parse(await site.GetAsync(path)).RootElement;

    private static async Task<(List<JsonElement> Records, JsonElement Summary)> SearchAsync(
        LogSite site, string parameters) =>
        Lines(await site.GetAsync($"/api/search?{parameters}"));

    private static (List<JsonElement> Records, JsonElement Summary) Lines(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement).ToList();
        return (lines[..^1], lines[^1].GetProperty("summary"));
    }
}
