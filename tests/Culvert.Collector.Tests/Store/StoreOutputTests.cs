using Culvert.Collector.Intake;
using Culvert.Collector.Query;
using Culvert.Collector.Records;
using Culvert.Collector.Store;
using Culvert.Collector.Tests.Spool;
using Culvert.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Collector.Tests.Store;

/// <summary>The store behind the real spool.</summary>
public sealed class StoreOutputTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly ProducerId Producer = new(7, 1);

    [Fact]
    public async Task Start_RecordsThroughTheSpool_AreFoundBeforeAndAfterTheyAreInBlocks()
    {
        using var fixture = new StoreFolderFixture();
        using var folder = new TempFolder();
        var stop = TestContext.Current.CancellationToken;
        await using var spool = Tests.Spool.TestSpool.Open(Tests.Spool.TestSpool.Options(folder.Path));
        using var store = fixture.OpenStore(new SpoolTail(spool.Spool));
        await SendAsync(spool, 1, 300);
        Assert.Equal(300, store.Count(new SearchRequest(), stop));

        await using (var output = new StoreOutput(fixture.OpenWriter(), spool.Spool, NullLogger.Instance))
        {
            output.Start();
            await output.FlushAsync(stop).WaitAsync(Limit, stop);
            Assert.Equal((300UL, 300L, 0L), (output.Stats.Cursor, output.Stats.Stored, output.Stats.Pending));
            Assert.Equal(300, store.Count(new SearchRequest(), stop));
            await SendAsync(spool, 301, 50);
            Assert.Equal(350, store.Count(new SearchRequest(), stop));
        }

        // What came last was committed by the stop; another start goes on behind it.
        await SendAsync(spool, 351, 10);
        await using (var output = new StoreOutput(fixture.OpenWriter(), spool.Spool, NullLogger.Instance))
        {
            Assert.Equal(350UL, output.Stats.Cursor);
            output.Start();
            await output.FlushAsync(stop).WaitAsync(Limit, stop);
            Assert.Equal((360L, 0L), (output.Stats.Stored, output.Stats.Missing));
        }

        using var blocks = fixture.OpenStore();
        Assert.Equal(360, blocks.Count(new SearchRequest(), stop));
    }

    [Fact]
    public async Task Tail_WaitingForMore_IsWokenByTheNextRecord()
    {
        using var fixture = new StoreFolderFixture();
        using var folder = new TempFolder();
        var stop = TestContext.Current.CancellationToken;
        await using var spool = Tests.Spool.TestSpool.Open(Tests.Spool.TestSpool.Options(folder.Path));
        using var store = fixture.OpenStore(new SpoolTail(spool.Spool));
        await SendAsync(spool, 1, 5);
        using var tail = store.OpenTail(LogQuery.All, 3);
        var found = new List<ulong>();
        Assert.True(tail.Read(Take, stop));
        Assert.False(tail.Read(Take, stop));
        var more = tail.WaitAsync(stop).AsTask();
        await SendAsync(spool, 6, 1);
        await more.WaitAsync(Limit, stop);
        Assert.True(tail.Read(Take, stop));
        Assert.Equal([3UL, 4UL, 5UL], found);

        bool Take(in StoredRecord record)
        {
            found.Add(record.Position);
            return true;
        }
    }

    [Fact]
    public async Task New_SpoolBehindTheStore_IsRefusedWithASentence()
    {
        using var fixture = new StoreFolderFixture();
        using var folder = new TempFolder();
        var entries = new TestSpool();
        new RandomRecords(1).Append(entries, 20, 1);
        using var writer = fixture.OpenWriter();
        writer.Add(entries.Entries[0]);
        writer.Commit();
        await using var spool = Tests.Spool.TestSpool.Open(Tests.Spool.TestSpool.Options(folder.Path));
        var exception = Assert.Throws<StoreException>(() => new StoreOutput(writer, spool.Spool, NullLogger.Instance));
        Assert.Contains("the spool was replaced", exception.Message, StringComparison.Ordinal);
    }

    private static async Task SendAsync(Tests.Spool.TestSpool spool, ulong first, int count)
    {
        var result = await spool.Intake.SendAsync(Producer, first, TestBatch.Of(first, count)).AsTask()
            .WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Equal(IntakeStatus.Durable, result.Status);
    }
}
