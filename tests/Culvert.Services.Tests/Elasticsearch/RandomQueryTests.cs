using System.Globalization;
using Culvert.Collector.Query;
using Culvert.Collector.Search;
using Culvert.Collector.Store;

namespace Culvert.Services.Tests.Elasticsearch;

/// <summary>Random queries over random records: a store and a search server give equal answers.</summary>
[Collection(SearchServer.Collection)]
public sealed class RandomQueryTests(SearchServer server)
{
    private const int Records = 300;
    private const long StepNs = 317_000_001;
    private const long BaseNs = 1_700_000_000_123_456_789;

    private static readonly bool IsFull = Environment.GetEnvironmentVariable("CULVERT_TEST_FULL") == "1";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ask_AnyQueryOnAnyRecords_AnswersAreEqual()
    {
        var queries = IsFull ? 3_000 : 300;
        var seed = int.TryParse(
            Environment.GetEnvironmentVariable("CULVERT_TEST_SEED"), NumberStyles.None, CultureInfo.InvariantCulture,
            out var given) ? given : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"CULVERT_TEST_SEED={seed}");
        await using var engines = await TwoEngines.StartAsync(server);
        var random = new RandomRecords(seed);
        // Some times are equal, so that positions decide; most are a few hundred milliseconds apart.
        await engines.AcceptAsync(
            Enumerable.Range(0, Records).Select(_ => random.Record()).ToArray(), i => BaseNs + i / 3 * StepNs);
        await engines.IndexAsync();
        var (wrong, found) = (new List<string>(), 0L);
        for (var i = 0; i < queries && wrong.Count < 20; i++)
        {
            var text = random.Query();
            var stored = await AnswerAsync(engines.Store, text, i);
            var served = await AnswerAsync(engines.Server, text, i);
            found += stored.Count;
            if (stored.Text != served.Text) wrong.Add($"{text}\n  store:  {stored.Text}\n  server: {served.Text}");
        }

        Assert.True(wrong.Count == 0, $"CULVERT_TEST_SEED={seed}\n{string.Join('\n', wrong)}");
        // Queries that find nothing would agree on anything.
        Assert.InRange(found, queries * 5L, queries * (long)Records);
    }

    /// <summary>All that can be asked of a query, as one text.</summary>
    private static async Task<(string Text, long Count)> AnswerAsync(ISearchEngine engine, string text, int index)
    {
        var request = new SearchRequest { Query = LogQuery.Parse(text) };
        // Every third within a range that begins and ends between two records of one time.
        if (index % 3 == 0)
            request = request with { FromNs = BaseNs + StepNs * 20, ToNs = BaseNs + StepNs * 70 };

        var positions = new List<ulong>();
        var next = request with { Limit = 37 };
        do
        {
            var page = await engine.SearchAsync(next, Cancelled);
            positions.AddRange(page.Records.Select(record => record.Position));
            next = next with { Before = page.Next };
        }
        while (next.Before is not null);

        var count = await engine.CountAsync(request, Cancelled);
        var histogram = await engine.HistogramAsync(
            new HistogramRequest
            {
                Query = request.Query, FromNs = BaseNs / 1_000_000 * 1_000_000, BucketNs = 700_000_000, Buckets = 40,
                MinNs = request.FromNs, EndNs = request.ToNs,
            },
            Cancelled);
        var bars = string.Join(';', Enumerable.Range(0, 40).Select(i => string.Join(
            ',', histogram.Bucket(i).ToArray())));
        var top = await engine.TopValuesAsync(request, index % 2 == 0 ? "status" : "service", 1_000, Cancelled);
        var values = string.Join(
            ';',
            top.Values.OrderByDescending(value => value.Count)
                .ThenBy(value => value.Value, StringComparer.Ordinal));
        var found = $"{count}: {string.Join(',', positions)}";
        return ($"{found} | {top.Having} {top.Sampled} {top.IsWhole} {values} | {bars}", count);
    }
}
