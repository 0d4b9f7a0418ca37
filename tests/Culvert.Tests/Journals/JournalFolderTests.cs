using Culvert.Journals;
using Culvert.Transports.Linux;

namespace Culvert.Tests.Journals;

/// <summary>What is left in the system's memory by programs and collectors that were killed goes, and nothing
/// else.</summary>
[Trait("system", "linux")]
public sealed class JournalFolderTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly TempFolder _data = new();

    /// <summary>The folder in memory of a data folder that no collector has.</summary>
    private readonly string _folder;

    public JournalFolderTests()
    {
        Assert.SkipWhen(JournalFolder.Unsupported is not null, JournalFolder.Unsupported ?? "");
        var folder = JournalFolder.InMemory(_data.Path);
        Assert.SkipWhen(folder is null, "This system has no /dev/shm.");
        _folder = folder!;
    }

    public void Dispose()
    {
        if (File.Exists(_folder)) File.Delete(_folder);
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
        _data.Dispose();
    }

    [Fact]
    public void RemoveEmptyInMemory_EmptyFolder_IsRemoved()
    {
        JournalFolder.Prepare(_folder);

        JournalFolder.RemoveEmptyInMemory();

        Assert.False(Directory.Exists(_folder));
    }

    [Fact]
    public void RemoveEmptyInMemory_FileOfAProgramThatDiedOverIt_IsRemovedWithTheFolder()
    {
        JournalFolder.Prepare(_folder);
        JournalFolder.CreateFile(_folder, "begun", 4096).Dispose();

        JournalFolder.RemoveEmptyInMemory();

        Assert.False(Directory.Exists(_folder));
    }

    [Fact]
    public void RemoveEmptyInMemory_FileThatAProgramIsMaking_Stays()
    {
        JournalFolder.Prepare(_folder);
        using var file = JournalFolder.CreateFile(_folder, "begun", 4096);

        JournalFolder.RemoveEmptyInMemory();

        Assert.True(File.Exists(JournalFolder.Publish(_folder, "begun")));
    }

    [Fact]
    public void RemoveEmptyInMemory_JournalOfADeadProgram_StaysToBeRead()
    {
        var writer = JournalWriter.Create(TestJournal.OptionsFor(_folder));
        writer.Dispose();

        JournalFolder.RemoveEmptyInMemory();

        Assert.True(File.Exists(writer.Path));
    }

    [Fact]
    public void RemoveEmptyInMemory_LinkOrOpenFolderOrAnotherName_Stays()
    {
        var target = Directory.CreateDirectory(Path.Combine(_data.Path, "empty")).FullName;
        Directory.CreateSymbolicLink(_folder, target);
        JournalFolder.RemoveEmptyInMemory();
        Assert.True(File.Exists(_folder) || Directory.Exists(_folder));
        File.Delete(_folder);

        FileModes.CreateFolder(_folder, FileModes.OwnerOnlyFolder | UnixFileMode.OtherExecute);
        JournalFolder.RemoveEmptyInMemory();
        Assert.True(Directory.Exists(_folder));

        var other = Directory.CreateDirectory(_folder + "0");
        try
        {
            JournalFolder.RemoveEmptyInMemory();
            Assert.True(Directory.Exists(other.FullName));
        }
        finally
        {
            other.Delete();
        }
    }

    [Fact]
    public async Task Create_WhileEmptyFoldersAreRemoved_MakesAJournalEachTime()
    {
        using var stop = new CancellationTokenSource(Limit);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sweeping = Task.Factory.StartNew(
            () =>
            {
                for (; !stop.IsCancellationRequested; begun.TrySetResult()) JournalFolder.RemoveEmptyInMemory();
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await begun.Task.WaitAsync(Limit, TestContext.Current.CancellationToken);
        for (var round = 0; round < 200; round++)
        {
            using var writer = JournalWriter.Create(TestJournal.OptionsFor(_folder));
            Assert.True(TestJournal.Write(writer, "kept"));
            Assert.True(File.Exists(writer.Path));
            File.Delete(writer.Path);
        }

        await stop.CancelAsync();
        await sweeping.WaitAsync(Limit, TestContext.Current.CancellationToken);
    }
}
