namespace Culvert.Collector.Tests.Inputs.Files;

/// <summary>What a follower of files does after it was ended, at whatever point.</summary>
public sealed class FilesRestartTests
{
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
}
