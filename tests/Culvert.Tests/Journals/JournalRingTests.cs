using System.Globalization;
using Culvert.Journals;
using Culvert.Records;
using Culvert.Shipping;

namespace Culvert.Tests.Journals;

/// <summary>What is written is read, once, in order, with every gap counted.</summary>
public sealed class JournalRingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public JournalRingTests() => Assert.SkipWhen(
        JournalFolder.Unsupported is not null, JournalFolder.Unsupported ?? "");

    [Fact]
    public void Read_WhatWasCommitted_GivesItInOrder()
    {
        using var journal = new TestJournal();
        for (var i = 1; i <= 100; i++) Assert.True(journal.Write($"record {i}"));

        using var reader = JournalReader.TryOpen(journal.Path)!;
        var records = TestJournal.ReadAll(reader);

        Assert.Equal(Enumerable.Range(1, 100).Select(i => ((ulong)i, $"record {i}")), records);
        Assert.False(reader.TryTakeOver());
        Assert.Equal(100UL, journal.Writer.Consumed);
        Assert.True(journal.Writer.IsConsumedTo(100));
    }

    [Fact]
    public void Read_AfterTheWriterIsGone_DrainsAndRemoves()
    {
        using var journal = new TestJournal();
        journal.Write("last words");
        journal.Writer.Dispose();

        using var reader = JournalReader.TryOpen(journal.Path)!;
        Assert.True(reader.TryTakeOver());
        Assert.False(reader.IsDrained);
        Assert.Equal((1UL, "last words"), Assert.Single(TestJournal.ReadAll(reader)));
        Assert.True(reader.IsDrained);
        Assert.True(reader.TryRemove());
        Assert.Empty(JournalFolder.Journals(journal.Folder));
    }

    [Fact]
    public void Commit_RingGoesRound_NothingIsLostOrDoubled()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var journal = new TestJournal();
        using var reader = JournalReader.TryOpen(journal.Path)!;
        var (written, read) = (new List<string>(), new List<string>());
        for (var i = 0; i < 2_000; i++)
        {
            var body = i.ToString(CultureInfo.InvariantCulture) + new string('x', random.Next(random.Next(40_000)));
            if (journal.Write(body)) written.Add(body);
            else read.AddRange(TestJournal.ReadAll(reader).Select(record => record.Body));
        }

        read.AddRange(TestJournal.ReadAll(reader).Select(record => record.Body));
        Assert.Equal(written, read);
    }

    [Fact]
    public void Commit_Full_KeepsTheLastQuarterForWarningsAndCountsByLevel()
    {
        using var journal = new TestJournal();
        var body = new string('x', 1000);
        var infos = 0;
        while (journal.Write(body)) infos++;
        Assert.False(journal.Write(body, Severity.Debug));
        var warnings = 0;
        while (journal.Write(body, Severity.Warn)) warnings++;
        Assert.False(journal.Write(body, Severity.Fatal));

        // A frame of such a record takes 1,040 bytes of 262,144.
        Assert.Equal(189, infos);
        Assert.Equal(63, warnings);
        Span<ulong> dropped = stackalloc ulong[LogProtocol.LevelCount];
        journal.Writer.ReadDropped(dropped);
        Assert.Equal([0UL, 1, 1, 1, 0, 1], dropped.ToArray());

        using var reader = JournalReader.TryOpen(journal.Path)!;
        Assert.Equal(252, TestJournal.ReadAll(reader).Count);
        Assert.True(journal.Write("after the gap"));
        Assert.Equal((257UL, "after the gap"), Assert.Single(TestJournal.ReadAll(reader)));
        Assert.True(reader.TryReadReport(dropped, out var produced));
        Assert.Equal(257UL, produced);
        Assert.Equal([0UL, 1, 1, 1, 0, 1], dropped.ToArray());
    }

    [Fact]
    public async Task Commit_FourThreadsAndAReader_EachRecordOnceAndInOrderOfItsThread()
    {
        const int Threads = 4;
        const int Each = 20_000;
        using var journal = new TestJournal(mode: FullMode.Wait);
        using var reader = JournalReader.TryOpen(journal.Path)!;
        var writers = Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; i < Each; i++)
                    Assert.True(journal.Write(string.Create(CultureInfo.InvariantCulture, $"{thread} {i}")));
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        var next = new int[Threads];
        var last = 0UL;
        var reading = Task.Run(
            () =>
            {
                while (next.Sum() < Threads * Each)
                {
                    foreach (var (sequence, body) in TestJournal.ReadAll(reader))
                    {
                        var parts = body.Split(' ').Select(int.Parse).ToArray();
                        Assert.Equal(next[parts[0]]++, parts[1]);
                        Assert.Equal(++last, sequence);
                    }

                    TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
                }
            },
            TestContext.Current.CancellationToken);

        await Task.WhenAll([.. writers, reading]).WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal((ulong)(Threads * Each), journal.Writer.Produced);
        Assert.Equal((ulong)(Threads * Each), journal.Writer.Consumed);
    }

    [Fact]
    public void Read_PlaceOfADeadThreadAtTheVeryEndOfAFullRing_IsCountedAndStepsOver()
    {
        var dies = false;
        using var journal = new TestJournal(onStep: step =>
        {
            if (dies && step == JournalStep.Claimed) throw new InvalidOperationException("The thread died.");
        });

        // Two batches of two frames each, and then the place alone.
        const int Quarter = (JournalLimits.CapacityMin / 4) - JournalLayout.FrameHeaderBytes;
        var place = new byte[16];
        foreach (var bytes in new[] { Quarter, Quarter, Quarter, Quarter - JournalLayout.FrameBytes(place.Length) })
            Assert.True(journal.Writer.Commit(Severity.Warn, [], new byte[bytes]));
        dies = true;
        Assert.Throws<InvalidOperationException>(() => journal.Writer.Commit(Severity.Warn, [], place));
        journal.Writer.Dispose();

        using var reader = JournalReader.TryOpen(journal.Path)!;
        Assert.True(reader.TryTakeOver());
        var (frames, places) = (0, 0);
        var last = default(JournalBatch);
        while (reader.Read() is { IsEmpty: false } batch)
        {
            (frames, places) = (frames + batch.Malformed, places + batch.Abandoned);
            last = batch;
        }

        reader.Release(last.EndPosition, last.LastSequence, 0);
        Assert.Equal((4, 1), (frames, places));
        Assert.True(reader.IsDrained);
    }

    [Fact]
    public void Create_FolderOfManyUnreadJournals_SaysSo()
    {
        using var journal = new TestJournal();
        for (var i = 0; i < JournalLimits.FilesMax; i++)
            File.WriteAllBytes(Path.Combine(journal.Folder, $"{i}.journal"), []);

        var problem = Assert.Throws<JournalException>(
            () => JournalWriter.Create(TestJournal.OptionsFor(journal.Folder)));

        Assert.Contains("no collector has read", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("system", "linux")]
    public void Create_FolderOpenToOthers_IsRefused()
    {
        using var folder = new TempFolder();
        Culvert.Transports.Linux.FileModes.Set(
            folder.Path, Culvert.Transports.Linux.FileModes.PassThroughFolder);

        var problem = Assert.Throws<JournalException>(
            () => JournalWriter.Create(TestJournal.OptionsFor(folder.Path)));

        Assert.Contains("chmod 700", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("system", "linux")]
    public void Create_AFile_IsForItsUserAlone()
    {
        using var journal = new TestJournal();
        var status = Culvert.Transports.Linux.FileStatus.Of(journal.Path)!.Value;
        Assert.Equal(0x180u, status.Permissions);
        Assert.Equal(0x1C0u, Culvert.Transports.Linux.FileStatus.Of(journal.Folder)!.Value.Permissions);
    }
}
