using System.Globalization;
using Culvert.Journals;
using Culvert.Logging;
using Culvert.Records;
using Culvert.Shipping;
using Microsoft.Extensions.Logging;

namespace Culvert.Tests.Journals;

/// <summary>What finds no room in a journal and is kept on the disk.</summary>
public sealed class JournalSpillTests
{
    private const int Small = JournalLimits.CapacityMin;

    public JournalSpillTests() => Assert.SkipWhen(
        JournalFolder.Unsupported is not null, JournalFolder.Unsupported ?? "");

    [Fact]
    public void Commit_JournalIsFull_SpillsAndBothTogetherHaveEachRecordOnce()
    {
        using var journal = new TestJournal(spill: Small * 8);
        var written = new List<string>();
        while (journal.Spill!.Produced < 500)
        {
            written.Add(written.Count.ToString(CultureInfo.InvariantCulture) + new string('x', 200));
            Assert.True(journal.Write(written[^1]));
        }

        using var reader = JournalReader.TryOpen(journal.Path)!;
        using var spilled = JournalReader.TryOpen(journal.Spill.Path)!;
        List<string> read = [.. Bodies(reader), .. Bodies(spilled)];

        Assert.Equal(written, read);
        Assert.Equal(0UL, DroppedOf(journal.Writer) + DroppedOf(journal.Spill));
    }

    [Fact]
    public void Commit_RoomAgainAfterSpilling_GoesIntoTheJournal()
    {
        using var journal = new TestJournal(spill: Small);
        while (journal.Spill!.Produced == 0) Assert.True(journal.Write(new string('x', 200)));
        using var reader = JournalReader.TryOpen(journal.Path)!;
        TestJournal.ReadAll(reader);

        Assert.True(journal.Write("again"));

        Assert.Equal("again", Assert.Single(Bodies(reader)));
        Assert.Equal(1UL, journal.Spill.Produced);
    }

    [Fact]
    public void Commit_JournalAndSpillAreFull_DropsAndCounts()
    {
        using var journal = new TestJournal(spill: Small);
        var taken = 0UL;
        while (journal.Write(new string('x', 200))) taken++;

        Assert.Equal(1UL, DroppedOf(journal.Writer));
        Assert.Equal(taken + 1, journal.Writer.Produced + journal.Spill!.Produced);
        Assert.True(journal.Write("the last quarter is for this", Severity.Error));
    }

    [Fact]
    public void Commit_LargerThanTheJournalTakes_SpillsWhereItFits()
    {
        using var journal = new TestJournal(spill: Small * 4);
        var large = new string('x', Small / 4);

        Assert.True(journal.Write(large));

        using var spilled = JournalReader.TryOpen(journal.Spill!.Path)!;
        Assert.Equal(large, Assert.Single(Bodies(spilled)));
    }

    [Fact]
    public async Task FlushAsync_SpilledRecords_WaitsForBothFiles()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "journals");
        await using var provider = new CulvertLoggerProvider(new CulvertLoggerOptions
        {
            Journal = JournalMode.Always, JournalFolder = path, BufferBytes = Small, SpillBytes = Small * 16,
        });
        var logger = provider.CreateLogger("Spill");
        for (var i = 0; i < 5_000; i++) logger.LogInformation("line {Number}", i);
        Assert.False(await provider.FlushAsync(TimeSpan.Zero, TestContext.Current.CancellationToken));
        Assert.Equal((5_000UL, 5_000UL), (provider.Statistics.Produced, provider.Statistics.Undelivered));

        var files = JournalFolder.Journals(path).ToArray();
        Assert.Equal(2, files.Length);
        foreach (var file in files)
        {
            using var reader = JournalReader.TryOpen(file)!;
            TestJournal.ReadAll(reader);
        }

        Assert.True(await provider.FlushAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        Assert.Equal((5_000UL, 0UL), (provider.Statistics.Acknowledged, provider.Statistics.Undelivered));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Create_SpillOutOfRange_SaysTheRange(int bytes)
    {
        var options = new CulvertLoggerOptions { SpillBytes = bytes };
        var thrown = Assert.Throws<ArgumentException>(() => new CulvertLoggerProvider(options));
        Assert.Contains("it must be 0, or from", thrown.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Bodies(JournalReader reader) =>
        TestJournal.ReadAll(reader).Select(record => record.Body);

    private static ulong DroppedOf(JournalWriter writer)
    {
        var byLevel = new ulong[LogProtocol.LevelCount];
        writer.ReadDropped(byLevel);
        return byLevel.Aggregate(0UL, (sum, count) => sum + count);
    }
}
