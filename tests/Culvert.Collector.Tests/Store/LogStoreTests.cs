using System.Text;
using Culvert.Collector.Query;
using Culvert.Collector.Records;
using Culvert.Collector.Store;

namespace Culvert.Collector.Tests.Store;

public sealed class LogStoreTests
{
    private const long Now = 1_790_000_000_000_000_000;

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void CountsHistogramAndTop_RandomRecords_AgreeWithANaiveCount(int seed)
    {
        using var fixture = new StoreFolderFixture();
        var (spool, records) = Fill(fixture, seed);
        using var store = fixture.OpenStore(spool);
        var stop = TestContext.Current.CancellationToken;
        foreach (var (query, matches) in Questions())
        {
            var parsed = LogQuery.Parse(query);
            var expected = records.All.Where(matches).ToList();
            Assert.Equal(expected.Count, store.Count(new SearchRequest { Query = parsed }, stop));
            var from = Now + 2_000_000_000;
            Assert.Equal(
                expected.Count(r => r.TimeNs >= from && r.TimeNs < from + 3_000_000_000),
                store.Count(new SearchRequest { Query = parsed, FromNs = from, ToNs = from + 3_000_000_000 }, stop));
            CheckHistogram(store, parsed, expected, stop);
        }

        var top = store.TopValues(new SearchRequest(), "number", 5, cancellationToken: stop);
        var numbers = records.All.Where(r => r.Number >= 0).GroupBy(r => r.Number)
            .ToDictionary(g => g.Key + "", g => g.LongCount());
        Assert.Equal((records.All.Count, true, numbers.Count), ((int)top.Sampled, top.IsWhole, top.Distinct));
        Assert.Equal(numbers.Values.OrderDescending().Take(5), top.Values.Select(value => value.Count));
        Assert.All(top.Values, value => Assert.Equal(numbers[value.Value], value.Count));
        Assert.Equal("number", Assert.Single(store.Fields(new SearchRequest(), cancellationToken: stop)).Value);
    }

    [Fact]
    public void GetAndContext_EveryTenthPosition_GiveTheRecordAndItsNeighbours()
    {
        using var fixture = new StoreFolderFixture();
        var (spool, records) = Fill(fixture, 21);
        using var store = fixture.OpenStore(spool);
        var stop = TestContext.Current.CancellationToken;
        var bySource = new Dictionary<Source, List<ulong>>();
        store.Search(new SearchRequest(), (in StoredRecord record) =>
        {
            if (!bySource.TryGetValue(record.Source, out var list)) bySource.Add(record.Source, list = []);
            list.Add(record.Position);
            return true;
        }, stop);
        for (var i = 0; i < records.All.Count; i += records.All.Count / 20)
        {
            var found = store.Get((ulong)i, stop);
            Assert.Equal(records.All[i].Body, Encoding.UTF8.GetString(found!.Record.Body));
            var positions = bySource[found.Record.Source].Order().ToList();
            var at = positions.IndexOf((ulong)i);
            var expected = positions.Skip(Math.Max(0, at - 3)).Take(Math.Min(3, at) + 1 + 4);
            Assert.Equal(expected, store.Context((ulong)i, 3, 4, stop).Select(record => record.Position));
        }

        Assert.Null(store.Get(spool.End, stop));
    }

    [Fact]
    public void Tail_FromTheBeginningWithTheSpoolsHeadDeleted_GivesEveryRecordInOrder()
    {
        using var fixture = new StoreFolderFixture();
        var (spool, records) = Fill(fixture, 31);
        spool.Released = (ulong)records.All.Count / 2;
        using var store = fixture.OpenStore(spool);
        var (positions, stop) = (new List<ulong>(), TestContext.Current.CancellationToken);
        using (var tail = store.OpenTail(LogQuery.All, 0))
        {
            while (positions.Count < records.All.Count * 2 / 3 && tail.Read(Take, stop)) { }

            // A tail that was cut off goes on from its cursor.
            using var next = store.OpenTail(LogQuery.All, tail.Position);
            while (next.Read(Take, stop)) { }
        }

        Assert.Equal(Enumerable.Range(0, records.All.Count).Select(i => (ulong)i), positions);

        bool Take(in StoredRecord record)
        {
            positions.Add(record.Position);
            return true;
        }
    }

    [Fact]
    public async Task Search_WhileTheWriterCommits_NeverMissesOrDoubles()
    {
        using var fixture = new StoreFolderFixture();
        var spool = new TestSpool();
        var records = new RandomRecords(41);
        for (var i = 0; i < 150; i++) records.Append(spool, 40, Now + i);
        using var writer = fixture.OpenWriter();
        using var store = fixture.OpenStore(spool);
        var writing = Task.Run(() =>
        {
            foreach (var entry in spool.Entries)
            {
                writer.Add(entry);
                writer.Commit();
                spool.Released = writer.Cursor;
            }
        }, TestContext.Current.CancellationToken);
        do
        {
            Assert.Equal(records.All.Count, store.Count(new SearchRequest(), TestContext.Current.CancellationToken));
        }
        while (!writing.IsCompleted);
        await writing.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    private static void CheckHistogram(
        LogStore store, LogQuery query, List<RandomRecords.Expected> expected, CancellationToken stop)
    {
        var request =
            new HistogramRequest { Query = query, FromNs = Now - 3_000_000_000, BucketNs = 700_000_000, Buckets = 30 };
        var counts = store.Histogram(request, stop);
        var naive = new HistogramCounts(request);
        foreach (var record in expected) naive.Add(record.TimeNs, record.Severity);
        Assert.Equal((naive.Before, naive.After, naive.Total), (counts.Before, counts.After, counts.Total));
        for (var i = 0; i < request.Buckets; i++) Assert.Equal(naive.Bucket(i).ToArray(), counts.Bucket(i).ToArray());
    }

    private static IEnumerable<(string, Func<RandomRecords.Expected, bool>)> Questions()
    {
        yield return ("", _ => true);
        yield return ("level>=warn", r => r.Severity >= Culvert.Records.Severity.Warn);
        yield return ("refused", r => r.Has("refused"));
        yield return ("refused -level:error", r => r.Has("refused") && r.Severity != Culvert.Records.Severity.Error);
        yield return ("number>=50", r => r.Number >= 50);
        yield return ("1970nothing", _ => false);
    }

    private static (TestSpool Spool, RandomRecords Records) Fill(StoreFolderFixture fixture, int seed)
    {
        var spool = new TestSpool();
        var records = new RandomRecords(seed);
        for (var i = 0; i < 40; i++) records.Append(spool, 200 + i, Now + i * 500_000_000L);
        using var writer = fixture.OpenWriter();
        foreach (var (entry, index) in spool.Entries.Take(36).Select((entry, index) => (entry, index)))
        {
            writer.Add(entry);
            if (index % 5 == 0) writer.Commit();
        }

        return (spool, records);
    }
}
