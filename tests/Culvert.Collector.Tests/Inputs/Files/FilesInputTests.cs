using System.Text;
using Culvert.Collector.Inputs.Files;
using Culvert.Collector.Intake;
using Culvert.Records;

namespace Culvert.Collector.Tests.Inputs.Files;

public sealed class FilesInputTests
{
    [Fact]
    public async Task Pass_LinesOfAFile_AreRecordsWithOffsetsAsSequences()
    {
        await using var files = new FilesFixture();
        files.Append("app.log", "first\nsecond\r\n\nthird\n");
        files.Start("*.log");
        await files.ReadAllAsync();

        Assert.Equal(["first", "second", "third"], files.Bodies);
        Assert.Equal([6UL, 14UL, 21UL], files.Intake.Records.Select(record => record.Sequence));
        var record = files.Intake.Records[0];
        Assert.True(record.Producer.SequenceIsOffset);
        Assert.Equal("files", record.Origin["input"]);
        Assert.Equal("app", record.Resource["service.name"]);
        Assert.Equal(files.PathOf("app.log"), record.Resource["log.file.path"]);
    }

    [Fact]
    public async Task Pass_RenameAndCreate_ReadsTheOldToItsEndAndTheNewFromItsBeginning()
    {
        await using var files = new FilesFixture();
        files.Append("app.log", "a1\n");
        files.Start("app.log");
        await files.ReadAllAsync();
        files.Rename("app.log", "app.log.1");
        files.Append("app.log", "a2\n");
        files.Reopen("app.log");
        files.Append("app.log", "b1\n");
        await files.ReadAllAsync();

        Assert.Equal(["a1", "a2", "b1"], files.Bodies.Order());
        Assert.Equal(2, files.Intake.Records.Select(record => record.Producer).Distinct().Count());
    }

    [Fact]
    public async Task Pass_DeletedWhileOpen_IsReadToItsEndAndThenLetGo()
    {
        await using var files = new FilesFixture();
        files.Append("app.log", "a1\n");
        files.Start("*.log");
        await files.ReadAllAsync();
        File.Delete(files.PathOf("app.log"));
        files.Append("app.log", "a2\nno end");
        await files.ReadAllAsync();
        Assert.Equal(["a1", "a2", "no end"], files.Bodies);
        Assert.Equal(1, files.FileCount);

        files.Clock.Advance(TimeSpan.FromMinutes(1));
        await files.PassAsync();
        Assert.Equal(0, files.FileCount);
    }

    [Fact]
    public async Task Pass_CopyTruncate_BeginsAnew()
    {
        await using var files = new FilesFixture();
        files.Append("app.log", "before 1\nbefore 2\n");
        files.Start("app.log");
        await files.ReadAllAsync();
        File.Copy(files.PathOf("app.log"), files.PathOf("app.log.1"));
        files.Truncate("app.log");
        files.Reopen("app.log");
        files.Append("app.log", "after\n");
        await files.ReadAllAsync();

        Assert.Equal(["before 1", "before 2", "after"], files.Bodies);
    }

    [Fact]
    public async Task Pass_CopyTruncateAndLongerThanBefore_IsNoticed()
    {
        await using var files = new FilesFixture();
        files.Append("app.log", "before\n");
        files.Start("app.log");
        await files.ReadAllAsync();
        files.Truncate("app.log");
        files.Reopen("app.log");
        files.Append("app.log", "after, and longer than it was\nmore\n");
        await files.ReadAllAsync();

        Assert.Equal(["before", "after, and longer than it was", "more"], files.Bodies);
    }

    [Fact]
    public async Task Pass_CopyTruncateWithStaleWriter_SkipsTheHole()
    {
        await using var files = new FilesFixture();
        var path = files.PathOf("app.log");
        await using var stale = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, 0);
        stale.Write("before 1\nbefore 2\n"u8);
        files.Start("app.log");
        await files.ReadAllAsync();
        files.Truncate("app.log");
        stale.Write("after\n"u8);
        await files.ReadAllAsync();

        Assert.Equal(["before 1", "before 2", "after"], files.Bodies);
        Assert.Equal(24, new FileInfo(path).Length);
    }

    [Fact]
    public async Task Pass_ManyRapidRotations_LosesAndDoublesNothing()
    {
        await using var files = new FilesFixture();
        files.Start("app.log*");
        var expected = new List<string>();
        for (var rotation = 0; rotation < 40; rotation++)
        {
            for (var line = 0; line < 25; line++)
            {
                expected.Add($"rotation {rotation} line {line}");
                files.Append("app.log", expected[^1] + "\n");
                if (line == rotation % 25) await files.PassAsync();
            }

            // As logrotate does it: the older ones move up, the oldest is deleted, the newest gets number 1. The writer
            // goes on with the old file until it is told to open its log again.
            for (var n = 4; n > 0; n--)
            {
                if (File.Exists(files.PathOf($"app.log.{n}"))) files.Rename($"app.log.{n}", $"app.log.{n + 1}");
            }

            files.Rename("app.log", "app.log.1");
            expected.Add($"late {rotation}");
            files.Append("app.log", expected[^1] + "\n");
            files.Reopen("app.log");
        }

        await files.ReadAllAsync();
        Assert.Equal(expected.Order(), files.Bodies.Order());
    }

    [Fact]
    public async Task Pass_PartialLastLine_IsHeldUntilItsEndOrTheTimeout()
    {
        await using var files = new FilesFixture();
        files.Append("app.log", "half");
        files.Start("*.log");
        await files.ReadAllAsync();
        Assert.Empty(files.Bodies);
        files.Append("app.log", " done\nprompt> ");
        await files.ReadAllAsync();
        Assert.Equal(["half done"], files.Bodies);

        files.Clock.Advance(TimeSpan.FromSeconds(6));
        await files.ReadAllAsync();
        files.Append("app.log", "yes\n");
        await files.ReadAllAsync();
        Assert.Equal(["half done", "prompt> ", "yes"], files.Bodies);
    }

    [Fact]
    public async Task Restart_PartialLineAcrossIt_IsCompletedOnce()
    {
        await using var files = new FilesFixture();
        files.Append("app.log", "one\nhal");
        files.Start("*.log");
        await files.ReadAllAsync();
        await files.KillAsync();
        files.Append("app.log", "f\n");
        files.Start("*.log");
        await files.ReadAllAsync();

        Assert.Equal(["one", "half"], files.Bodies);
        Assert.Equal(0, files.Intake.DuplicateCount);
    }

    [Fact]
    public async Task Restart_PositionWasNotSaved_NothingIsLostOrDoubled()
    {
        await using var files = new FilesFixture();
        files.Append("app.log", "one\ntwo\nERROR three\n   at A.B()\npartial");
        files.Start("*.log");
        await files.PassAsync();
        var early = files.SaveState();
        await files.ReadAllAsync();
        files.Clock.Advance(TimeSpan.FromSeconds(10));
        await files.ReadAllAsync();
        Assert.Equal(["one", "two", "ERROR three\n   at A.B()", "partial"], files.Bodies);
        await files.KillAsync();

        files.RestoreState(early);
        files.Append("app.log", " end\nfour\n");
        files.Start("*.log");
        await files.ReadAllAsync();
        Assert.Equal(["one", "two", "ERROR three\n   at A.B()", "partial", " end", "four"], files.Bodies);
    }

    [Fact]
    public async Task Restart_KilledAtAnyPoint_NothingIsLostOrDoubled()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var files = new FilesFixture();
        var expected = new List<string>();
        var states = new List<byte[]>();
        files.Append("app.log", "");
        files.Start("*.log");
        for (var round = 0; round < 60; round++)
        {
            for (var n = random.Next(200); n > 0; n--)
            {
                expected.Add($"line {expected.Count} {new string('x', random.Next(300))}");
                files.Append("app.log", expected[^1] + "\n");
            }

            if (random.Next(2) == 0) files.Clock.Advance(TimeSpan.FromSeconds(1));
            if (random.Next(4) > 0) await files.PassAsync();
            if (File.Exists(files.PathOf("state/files"))) states.Add(files.SaveState());
            if (random.Next(3) > 0) continue;

            // The state may be any that was once on the disk since the file was first registered.
            await files.KillAsync();
            if (states.Count > 5) files.RestoreState(states[random.Next(5, states.Count)]);
            files.Start("*.log");
        }

        await files.ReadAllAsync();
        Assert.Equal(expected, files.Bodies);
    }

    [Fact]
    public async Task Restart_TruncatedMeanwhile_ReadsTheNewContent()
    {
        await using var files = new FilesFixture();
        files.Append("app.log", "before 1\nbefore 2\n");
        files.Start("*.log");
        await files.ReadAllAsync();
        await files.KillAsync();
        files.Truncate("app.log");
        files.Reopen("app.log");
        files.Append("app.log", "after 1\nafter 2\nafter 3\n");
        files.Start("*.log");
        await files.ReadAllAsync();

        Assert.Equal(["before 1", "before 2", "after 1", "after 2", "after 3"], files.Bodies);
    }

    [Fact]
    public async Task Restart_SameFileShorterButBegunAlike_IsReadFromItsBeginning()
    {
        await using var files = new FilesFixture();
        files.Append("app.log", "log begins\nbefore 1\nbefore 2\n");
        files.Start("*.log");
        await files.ReadAllAsync();
        await files.KillAsync();
        files.Truncate("app.log");
        files.Reopen("app.log");
        files.Append("app.log", "log begins\nbefore 1\nbefore 2\n"[..20]);
        files.Start("*.log");
        await files.ReadAllAsync();

        Assert.Equal(5, files.Bodies.Count);
    }

    [Fact]
    public async Task Restart_RenamedMeanwhileToANameWithoutPattern_IsReadToItsEnd()
    {
        await using var files = new FilesFixture();
        files.Append("app.log", "a1\n");
        files.Start("app.log");
        await files.ReadAllAsync();
        await files.KillAsync();
        files.Append("app.log", "a2\n");
        files.Rename("app.log", "app.log.1");
        files.Reopen("app.log");
        files.Append("app.log", "b1\n");
        files.Append("other", "not ours\n");
        files.Start("app.log");
        await files.ReadAllAsync();

        Assert.Equal(["a1", "a2", "b1"], files.Bodies.Order());
    }

    [Fact]
    public async Task Restart_InodeGivenToAnotherFile_ReadsItFromItsBeginning()
    {
        await using var files = new FilesFixture();
        files.Append("a.log", "the first file\n");
        files.Start("*.log");
        await files.ReadAllAsync();
        await files.KillAsync();

        // Whatever the file system gives: the name's file has the inode of before, and other content.
        files.Truncate("a.log");
        files.Reopen("a.log");
        files.Append("a.log", "another file, much longer than the first\n");
        files.Start("*.log");
        await files.ReadAllAsync();

        Assert.Equal(["the first file", "another file, much longer than the first"], files.Bodies);
        Assert.Equal(2, files.Intake.Records.Select(record => record.Producer.Producer).Distinct().Count());
    }

    [Fact]
    public async Task Pass_StackTrace_IsOneRecord()
    {
        await using var files = new FilesFixture();
        files.Append("app.log", "2026-01-01 10:00:00 ERROR failed\nSystem.Exception: no\n   at A.B()\n   at C.D()\n");
        files.Append("app.log", "2026-01-01 10:00:01 INFO next\n");
        files.Start("*.log");
        await files.ReadAllAsync();

        Assert.Equal(2, files.Bodies.Count);
        Assert.EndsWith("   at C.D()", files.Bodies[0]);
        Assert.Equal(Severity.Error, files.Intake.Records[0].Severity);
    }

    [Fact]
    public async Task Pass_OverlongLine_KeepsItsHeadAlsoAcrossARestart()
    {
        await using var files = new FilesFixture();
        files.Append("app.log", "a\n" + new string('x', FilesLimits.LineBytesMax + 10));
        files.Start("*.log");
        await files.ReadAllAsync();
        await files.KillAsync();
        files.Append("app.log", new string('y', 2 * FilesLimits.TurnBytes));
        files.Start("*.log");
        await files.ReadAllAsync();
        files.Append("app.log", "z\nb\n");
        await files.ReadAllAsync();

        Assert.Equal(["a", new string('x', FilesLimits.LineBytesMax), "b"], files.Bodies);
        Assert.True(files.Intake.Records[1].Flags.HasFlag(RecordFlags.Truncated));
    }

    [Fact]
    public async Task Pass_InvalidUtf8_IsRepaired()
    {
        await using var files = new FilesFixture();
        files.Append("app.log", [(byte)'a', 0xFF, (byte)'b', (byte)'\n']);
        files.Start("*.log");
        await files.ReadAllAsync();

        Assert.Equal(["a\uFFFDb"], files.Bodies);
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public async Task Pass_ByteOrderMark_TellsTheEncoding(string name)
    {
        await using var files = new FilesFixture();
        var encoding = Encoding.GetEncoding(name);
        byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes("Zoë ਊ\r\n日本\nhalf")];

        // Byte by byte, so that marks, characters and line ends come torn.
        files.Start("*.log");
        foreach (var value in bytes)
        {
            files.Append("app.log", [value]);
            await files.PassAsync();
        }

        await files.ReadAllAsync();
        await files.KillAsync();
        files.Append("app.log", encoding.GetBytes(" done\n"));
        files.Start("*.log");
        await files.ReadAllAsync();
        Assert.Equal(["Zoë ਊ", "日本", "half done"], files.Bodies);
    }

    [Fact]
    public async Task Pass_IntakeIsFull_GivesTheSameAgainInOrder()
    {
        await using var files = new FilesFixture();
        var expected = Enumerable.Range(0, 5_000).Select(i => $"line {i} {new string('x', 100)}").ToArray();
        files.Append("app.log", string.Join('\n', expected) + "\n");
        files.Start("*.log");
        files.Intake.Answer = IntakeStatus.Full;
        var pass = files.PassAsync();
        while (files.Intake.CallCount < 10) await Task.Yield();
        Assert.Empty(files.Bodies);
        files.Intake.Answer = IntakeStatus.Durable;
        await pass;
        await files.ReadAllAsync();

        Assert.Equal(expected, files.Bodies);
        Assert.Equal(0, files.Intake.DuplicateCount);
    }

    [Fact]
    public async Task Pass_FsyncIsUnderWay_PositionIsNotSavedBeforeIt()
    {
        await using var files = new FilesFixture();
        files.Append("app.log", "one\ntwo\n");
        files.Start("*.log");
        var gate = files.Intake.Hold();
        var pass = files.PassAsync();
        while (files.Intake.CallCount == 0) await Task.Yield();
        var log = FileStateLogTests.Read(files.SaveState());
        Assert.Equal(0, Assert.Single(log).Position);
        gate.SetResult();
        await pass;
        await files.ReadAllAsync();
        Assert.Equal(8, FileStateLogTests.Read(files.SaveState())[^1].Position);
    }

    [Fact]
    public async Task Pass_HugeFileBesideASmallOne_BothGetTheirTurn()
    {
        await using var files = new FilesFixture();
        files.Append("a-huge.log", string.Concat(Enumerable.Repeat(new string('x', 999) + "\n", 3_000)));
        files.Append("b-small.log", "one\ntwo\n");
        files.Start("*.log");
        await files.ReadAllAsync();

        Assert.Equal(3_002, files.Bodies.Count);
        Assert.True(files.Bodies.ToList().IndexOf("one") < 1_500);
    }

    [Fact]
    public async Task Pass_FromEnd_LeavesOutWhatWasThereAtTheFirstStartOnly()
    {
        await using var files = new FilesFixture();
        files.Append("a.log", "old\n");
        files.Start(files.Options("*.log") with { FromEnd = true });
        await files.ReadAllAsync();
        files.Append("a.log", "new\n");
        files.Append("b.log", "other\n");
        await files.ReadAllAsync();

        Assert.Equal(["new", "other"], files.Bodies.Order());
    }

    [Fact]
    public async Task Pass_SymbolicLink_IsFollowedAndReadOnce()
    {
        await using var files = new FilesFixture();
        files.Append("real/app.log", "one\n");
        Directory.CreateDirectory(files.PathOf("links"));
        File.CreateSymbolicLink(files.PathOf("links/a.log"), files.PathOf("real/app.log"));
        File.CreateSymbolicLink(files.PathOf("links/b.log"), files.PathOf("real/app.log"));
        Directory.CreateSymbolicLink(files.PathOf("links/loop"), files.Folder);
        files.Start("links/*.log", "**/*.log");
        await files.ReadAllAsync();

        Assert.Equal(["one"], files.Bodies);
    }

    [Fact]
    public async Task Pass_UnreadableFile_IsReadOnceItMayBe()
    {
        if (OperatingSystem.IsWindows()) return;
        Assert.SkipWhen(Environment.UserName == "root", "The test runs as root, who may read every file.");
        await using var files = new FilesFixture();
        files.Append("a.log", "secret\n");
        files.Append("b.log", "open\n");
        File.SetUnixFileMode(files.PathOf("a.log"), UnixFileMode.None);
        files.Start("*.log");
        await files.ReadAllAsync();
        Assert.Equal(["open"], files.Bodies);

        File.SetUnixFileMode(files.PathOf("a.log"), UnixFileMode.UserRead);
        await files.ReadAllAsync();
        Assert.Equal(["open", "secret"], files.Bodies);
    }

    [Fact]
    public async Task Start_RunningLoop_ReadsWhatIsWrittenLater()
    {
        await using var files = new FilesFixture();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        files.Intake.Taken = count => { if (count == 2) done.TrySetResult(); };
        await using var input = new FilesInput(files.Context(TimeProvider.System), files.Options("*.log"));
        await input.StartAsync(TestContext.Current.CancellationToken);
        files.Append("a.log", "one\n");
        files.Append("a.log", "two\n");
        await done.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await input.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["one", "two"], files.Bodies);
    }
}
