using Culvert.Collector.Query;
using Culvert.Collector.Store;
using Culvert.Records;
using Microsoft.Data.Sqlite;

namespace Culvert.Collector.Tests.Store;

public sealed class StoreWriterTests
{
    private const long Now = 1_790_000_000_000_000_000;

    [Fact]
    public void Add_EntriesGivenAgain_StoresEachRecordOnce()
    {
        using var fixture = new StoreFolderFixture();
        var spool = MakeSpool(10, 50);
        using (var writer = fixture.OpenWriter())
        {
            foreach (var entry in spool.Entries.Take(5)) writer.Add(entry);
            writer.Commit();
            writer.Add(spool.Entries[5]);
        }

        using (var writer = fixture.OpenWriter())
        {
            Assert.Equal(250UL, writer.Cursor);
            foreach (var entry in spool.Entries.Skip(2)) writer.Add(entry);
            writer.Commit();
            Assert.Equal(500, writer.Stats.Stored);
        }

        using var store = fixture.OpenStore();
        Assert.Equal(500, store.Count(new SearchRequest(), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Commit_ManySmallCommits_KeepsFewBlocks()
    {
        using var fixture = new StoreFolderFixture();
        var spool = MakeSpool(300, 3);
        using var writer = fixture.OpenWriter();
        foreach (var entry in spool.Entries)
        {
            writer.Add(entry);
            writer.Commit();
        }

        using var connection = StoreSchema.OpenForReading(Assert.Single(Directory.GetFiles(fixture.Folder, "*.store")));
        Assert.InRange(StoreSchema.Scalar(connection, "SELECT count(*) FROM block"), 1, 13);
        Assert.Equal(
            StoreSchema.Scalar(connection, "SELECT count(*) FROM block"),
            StoreSchema.Scalar(connection, "SELECT count(*) FROM data"));
        using var store = fixture.OpenStore();
        Assert.Equal(900, store.Count(new SearchRequest(), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Add_PositionsMissingInTheSpool_AreCountedAsMissing()
    {
        using var fixture = new StoreFolderFixture();
        var spool = MakeSpool(3, 10);
        using var writer = fixture.OpenWriter();
        writer.Add(spool.Entries[0]);
        writer.Add(spool.Entries[2]);
        writer.Commit();
        Assert.Equal((30UL, 20L, 10L), (writer.Stats.Cursor, writer.Stats.Stored, writer.Stats.Missing));
    }

    [Fact]
    public void Commit_LargeRecords_AreDividedIntoBlocksThatCanBeRead()
    {
        using var fixture = new StoreFolderFixture();
        var spool = new TestSpool();
        var body = new string('x', 60_000);
        for (var i = 0; i < 6; i++) spool.Append(30, Now + i, (batch, n) => Write(batch, $"large {n} {body}", Now));
        using var writer = fixture.OpenWriter();
        foreach (var entry in spool.Entries) writer.Add(entry);
        writer.Commit();
        using var store = fixture.OpenStore();
        Assert.Equal(180, store.Count(
            new SearchRequest { Query = LogQuery.Parse("large") }, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Retention_OldFiles_AreDeletedAndCountedAndTheNewestStays()
    {
        using var fixture = new StoreFolderFixture();
        var time = new ManualTime(DateTimeOffset.FromUnixTimeSeconds(1_790_000_000));
        var spool = MakeSpool(4, 10);
        using var writer = fixture.OpenWriter(time);
        foreach (var entry in spool.Entries)
        {
            writer.Add(entry);
            writer.Commit();
            time.Advance(TimeSpan.FromDays(1));
        }

        Assert.Equal(4, writer.Stats.Files);
        time.Advance(TimeSpan.FromDays(30));
        writer.ApplyRetention();
        Assert.Equal((40UL, 10L, 30L, 0L, 1),
            (writer.Stats.Cursor, writer.Stats.Stored, writer.Stats.Expired, writer.Stats.Missing, writer.Stats.Files));
        using var store = fixture.OpenStore();
        Assert.Equal(10, store.Count(new SearchRequest(), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Open_NewestFileDamaged_IsSetAsideAndTheSpoolIsReadAgain()
    {
        using var fixture = new StoreFolderFixture();
        var time = new ManualTime(DateTimeOffset.FromUnixTimeSeconds(1_790_000_000));
        var spool = MakeSpool(4, 10);
        using (var writer = fixture.OpenWriter(time))
        {
            foreach (var entry in spool.Entries)
            {
                writer.Add(entry);
                writer.Commit();
                time.Advance(TimeSpan.FromDays(1));
            }
        }

        var newest = Directory.GetFiles(fixture.Folder, "*.store").Order().Last();
        File.WriteAllBytes(newest, new byte[100_000]);
        using (var writer = fixture.OpenWriter(time))
        {
            Assert.Equal(30UL, writer.Cursor);
            foreach (var entry in spool.Entries) writer.Add(entry);
            writer.Commit();
            Assert.Equal((40L, 0L), (writer.Stats.Stored, writer.Stats.Missing));
        }

        Assert.True(File.Exists(newest + ".damaged"));
        using var store = fixture.OpenStore();
        Assert.Equal(40, store.Count(new SearchRequest(), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Search_DamagedBlock_IsLeftOutCountedAndTheOthersAreFound()
    {
        using var fixture = new StoreFolderFixture();
        var spool = MakeSpool(2, 2_000);
        using (var writer = fixture.OpenWriter())
        {
            foreach (var entry in spool.Entries)
            {
                writer.Add(entry);
                writer.Commit();
            }
        }

        Damage(Directory.GetFiles(fixture.Folder, "*.store")[0]);
        using var store = fixture.OpenStore();
        var found = 0;
        var report = store.Search(
            new SearchRequest(), (in Culvert.Collector.Records.StoredRecord _) =>
                ++found > 0, TestContext.Current.CancellationToken);
        Assert.Equal((2_000, 1, 2_000L, 1L), (found, report.BlocksDamaged, report.RecordsDamaged, store.DamagedBlocks));
    }

    private static void Damage(string path)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        // One byte in the middle of the first block's columns.
        StoreSchema.Execute(connection, """
            UPDATE data SET columns = CAST(substr(columns, 1, length(columns) / 2) || X'A5' ||
                substr(columns, length(columns) / 2 + 2) AS BLOB) WHERE id = (SELECT min(id) FROM data)
            """);
    }

    private static TestSpool MakeSpool(int entries, int records)
    {
        var spool = new TestSpool();
        for (var i = 0; i < entries; i++)
        {
            var observed = Now + i * 86_400_000_000_000L;
            spool.Append(records, observed, (batch, n) => Write(batch, $"record {n}", observed));
        }

        return spool;
    }

    private static void Write(RecordBatchWriter batch, string body, long timeNs)
    {
        batch.BeginRecord(0, Severity.Info, timeNs);
        batch.Body(body);
        batch.BeginAttributes().End();
        batch.EndRecord();
    }
}
