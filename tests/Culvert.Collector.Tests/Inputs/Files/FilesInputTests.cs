using Culvert.Collector.Inputs.Files;
using Culvert.Collector.Intake;

namespace Culvert.Collector.Tests.Inputs.Files;

/// <summary>What is read, in what order, and when a position counts as safe.</summary>
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
