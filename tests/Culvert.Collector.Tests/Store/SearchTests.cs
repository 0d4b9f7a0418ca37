using System.Text;
using Culvert.Collector.Query;
using Culvert.Collector.Store;

namespace Culvert.Collector.Tests.Store;

public sealed class SearchTests
{
    private const long Now = 1_790_000_000_000_000_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Search_RandomRecordsAndQueries_FindsWhatANaiveFilterFinds(int seed)
    {
        using var fixture = new StoreFolderFixture();
        var spool = new TestSpool();
        var records = new RandomRecords(seed);
        var random = new Random(seed);
        using var writer = fixture.OpenWriter();
        using var store = fixture.OpenStore(spool);
        var taken = 0;
        for (var round = 0; round < 15; round++)
        {
            for (var i = random.Next(6); i >= 0; i--)
                records.Append(spool, random.Next(1, 600), Now + round * 1_000_000_000L);
            // A part of what the spool has is added, a part of that is committed: the rest is tail.
            while (taken < spool.Entries.Count - random.Next(4)) writer.Add(spool.Entries[taken++]);
            if (random.Next(3) > 0) writer.Commit();
            Check(store, records, random, seed);
        }

        Assert.True(writer.Cursor > 4_000);
    }

    private static void Check(LogStore store, RandomRecords records, Random random, int seed)
    {
        var text = random.Next(3) switch { 0 => "", 1 => "refused", _ => random.Next(20_000) + ""  };
        var severity = random.Next(2) * random.Next(22);
        var from = random.Next(2) == 0 ? long.MinValue : Now - random.Next(3) * 700_000_000L;
        var to = random.Next(2) == 0 ? long.MaxValue : Now + random.Next(30) * 1_000_000_000L;
        int? limit = random.Next(2) == 0 ? null : random.Next(1, 300);
        var expected = records.All
            .Where(r => (int)r.Severity >= severity && (text.Length == 0 || r.Has(text)))
            .Where(r => r.TimeNs >= from && (r.TimeNs < to || to == long.MaxValue))
            .OrderByDescending(r => r.TimeNs).ThenByDescending(r => r.Position)
            .Take(limit ?? int.MaxValue).ToList();
        var query = LogQuery.Parse(text + (severity > 0 ? $" severity>={severity}" : ""));
        var found = new List<(ulong, long, string, int)>();
        store.Search(
            new SearchRequest { Query = query, FromNs = from, ToNs = to, Limit = limit },
            (in Culvert.Collector.Records.StoredRecord r) =>
            {
                var number = r.Attributes.TryFind("number"u8, out var value) ? (int)value.Int64 : -1;
                found.Add((r.Position, r.TimeNs, Encoding.UTF8.GetString(r.Body), number));
                return true;
            },
            TestContext.Current.CancellationToken);
        var wanted = expected.ConvertAll(r => (r.Position, r.TimeNs, r.Body, r.Number));
        Assert.True(wanted.SequenceEqual(found), $"seed {seed}: '{text}' >= {severity}, {from} to {to}, limit {limit}: "
            + $"{found.Count} found, {wanted.Count} expected; first difference "
            + wanted.Zip(found).FirstOrDefault(pair => pair.First != pair.Second));
    }
}
