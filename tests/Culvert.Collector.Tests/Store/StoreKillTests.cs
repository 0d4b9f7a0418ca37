using System.Diagnostics;
using Culvert.Collector.Store;

namespace Culvert.Collector.Tests.Store;

/// <summary>A child process is killed (SIGKILL) at a named step of its nth commit; then the store goes on where it
/// was.</summary>
[Trait("system", "linux")]
public sealed class StoreKillTests
{
    private const string FolderVariable = "CULVERT_STORE_CHILD_FOLDER";
    private const string StepVariable = "CULVERT_STORE_CHILD_STEP";
    private const int Entries = 60;
    private const int EntryRecords = 120;
    private const long Now = 1_790_000_000_000_000_000;

    [Theory]
    [InlineData(StoreKillPoints.BeforeFirstCommit, 1)]
    [InlineData(StoreKillPoints.BeforeFirstCommit, 2)]
    [InlineData(StoreKillPoints.BeforeCommit, 3)]
    [InlineData(StoreKillPoints.AfterCommit, 5)]
    [InlineData(StoreKillPoints.BeforeDelete, 1)]
    public async Task Commit_KilledAtAStep_NothingLostNothingTwice(string step, int hit)
    {
        using var fixture = new StoreFolderFixture();
        using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!)
        {
            ArgumentList = { "--filter-method", "*" + nameof(Child_WithoutAFolder_IsNoChild) },
            Environment = { [FolderVariable] = fixture.Folder, [StepVariable] = $"{step}/{hit}" },
            RedirectStandardOutput = true,
        })!;
        await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(128 + 9, child.ExitCode);

        var spool = MakeSpool();
        using var writer = fixture.OpenWriter(fileBytes: 1 << 20);
        foreach (var entry in spool.Entries) writer.Add(entry);
        writer.Commit();
        var stats = writer.Stats;
        Assert.Equal((ulong)(Entries * EntryRecords), stats.Cursor);
        Assert.Equal(0, stats.Missing);
        using var store = fixture.OpenStore();
        var positions = new List<ulong>();
        store.Search(new SearchRequest(), (in Culvert.Collector.Records.StoredRecord record) =>
        {
            positions.Add(record.Position);
            return true;
        }, TestContext.Current.CancellationToken);
        positions.Sort();
        Assert.Equal(stats.Stored, positions.Count);
        Assert.Equal(stats.Cursor - (ulong)stats.Expired, (ulong)positions.Count);
        Assert.Equal(Enumerable.Range((int)stats.Expired, positions.Count).Select(i => (ulong)i), positions);
    }

    /// <summary>The child: it writes until it is killed. In an ordinary run there is nothing for it to do.</summary>
    [Fact]
    public void Child_WithoutAFolder_IsNoChild()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable);
        if (folder is null) return;
        var step = Environment.GetEnvironmentVariable(StepVariable)!.Split('/');
        var left = int.Parse(step[1], System.Globalization.CultureInfo.InvariantCulture);
        var time = new ManualTime(DateTimeOffset.FromUnixTimeSeconds(1_790_000_000));
        using var writer = StoreWriter.Open(
            new StoreOptions { Folder = folder, FileBytes = 1 << 20, MaxAge = TimeSpan.FromDays(3) },
            Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, time, new StoreKillPoints(reached =>
            {
                if (reached == step[0] && --left == 0) Process.GetCurrentProcess().Kill();
            }));
        var number = 0;
        foreach (var entry in MakeSpool().Entries)
        {
            writer.Add(entry);
            if (++number % 4 != 0) continue;
            writer.Commit();
            // Another day begins every fifth commit, and with it a file; in the end retention deletes the first ones.
            if (number % 20 == 0) time.Advance(TimeSpan.FromDays(1));
        }

        time.Advance(TimeSpan.FromDays(5));
        writer.ApplyRetention();
        Assert.Fail("The step was not reached.");
    }

    private static TestSpool MakeSpool()
    {
        var spool = new TestSpool();
        var records = new RandomRecords(7);
        for (var i = 0; i < Entries; i++) records.Append(spool, EntryRecords, Now + i * 1_000_000_000L);
        return spool;
    }
}
