using Culvert.Tests;

namespace Culvert.Collector.Tests.Inputs.Files;

/// <summary>The files that are renamed, deleted, truncated and linked while they are followed.</summary>
public sealed class FilesRotationTests
{
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
        Assert.SkipWhen(Wine.IsHere, "Wine 8 does not tell that a file is deleted while it is open.");
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
        // Windows lets nobody put a file in the place of one that is open, so there none is overwritten.
        var oldest = OperatingSystem.IsWindows() ? 40 : 4;
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
            for (var n = oldest; n > 0; n--)
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
}
