using Culvert.Collector.Query;
using Culvert.Collector.Records;
using Culvert.Collector.Search;
using Culvert.Collector.Tests.Query;

namespace Culvert.Services.Tests.Elasticsearch;

/// <summary>The live tail over a search server.</summary>
[Collection(SearchServer.Collection)]
public sealed class SearchServerTailTests(SearchServer server)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tail_NewRecords_AreGivenOnceInTheirOrder()
    {
        await using var engines = await TwoEngines.StartAsync(server);
        await engines.AcceptAsync([new TestRecord("old one"), new TestRecord("old two")]);
        await engines.IndexAsync();
        using var tail = engines.Server.OpenTail(LogQuery.Parse("new"), await engines.Server.EndAsync(Cancelled));
        Assert.Equal("", await ReadAsync(tail));

        await engines.AcceptAsync(Enumerable.Range(0, 30).Select(
            i => new TestRecord(i % 3 == 0 ? $"new {i}" : $"other {i}")));
        await engines.IndexAsync();
        Assert.Equal("new 0,new 3,new 6,new 9,new 12,new 15,new 18,new 21,new 24,new 27", await ReadAsync(tail));
        Assert.Equal("", await ReadAsync(tail));

        await engines.AcceptAsync([new TestRecord("new last")]);
        await engines.IndexAsync();
        Assert.Equal("new last", await ReadAsync(tail));
    }

    [Fact]
    public async Task Tail_DocumentThatBecomesVisibleLate_IsGiven()
    {
        await using var engines = await TwoEngines.StartAsync(server);
        await engines.AcceptAsync([new TestRecord("zero")]);
        await engines.IndexAsync();
        using var tail = engines.Server.OpenTail(LogQuery.All, await engines.Server.EndAsync(Cancelled));
        Assert.Equal("", await ReadAsync(tail));

        await engines.AcceptAsync([new TestRecord("one"), new TestRecord("two"), new TestRecord("three")]);
        await engines.IndexAsync(record => record.Position != 2);
        Assert.Equal("one,three", await ReadAsync(tail));
        await engines.IndexAsync(record => record.Position == 2, from: 2);
        Assert.Equal("two", await ReadAsync(tail));
        Assert.Equal("", await ReadAsync(tail));
    }

    [Fact]
    public async Task Tail_CursorOfAnEvent_GoesOnWithoutAGap()
    {
        await using var engines = await TwoEngines.StartAsync(server);
        await engines.AcceptAsync(Enumerable.Range(0, 5).Select(i => new TestRecord($"{i}")));
        await engines.IndexAsync();
        var cursor = 0UL;
        using (var tail = engines.Server.OpenTail(LogQuery.All, 0))
        {
            Assert.Equal("0,1,2,3,4", await ReadAsync(tail));
            var all = await engines.Server.SearchAsync(new(), Cancelled);
            cursor = tail.CursorBehind(all.Records.Single(record => record.Position == 2).Record);
        }

        using var next = engines.Server.OpenTail(LogQuery.All, cursor);
        // What was received with the last one is given again: a reader knows it by its id.
        Assert.Equal("2,3,4", await ReadAsync(next));
    }

    [Fact]
    public async Task Tail_NothingWritten_IsASentence()
    {
        await using var engines = await TwoEngines.StartAsync(server);

        var error = await Assert.ThrowsAsync<SearchException>(() => engines.Server.EndAsync(Cancelled));

        Assert.Contains("run culvert elasticsearch setup", error.Message, StringComparison.Ordinal);
    }

    private static async Task<string> ReadAsync(ISearchTail tail)
    {
        var found = new List<string>();
        Assert.Equal(0UL, await tail.SkipAsync(Cancelled).AsTask().WaitAsync(Timeout, Cancelled));
        while (await tail.ReadAsync(Take, Cancelled).AsTask().WaitAsync(Timeout, Cancelled))
        {
        }

        return string.Join(',', found);

        bool Take(in StoredRecord record)
        {
            found.Add(System.Text.Encoding.UTF8.GetString(record.Body));
            return true;
        }
    }
}
