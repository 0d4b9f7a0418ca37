using Culvert.Collector.Tests.Shipping;

namespace Culvert.Collector.Tests.EndToEnd;

/// <summary>A small tmpfs as the folder of a server under test, which a test fills and empties. Skips the test where it
/// cannot be had.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _folder;
    private readonly Func<Task> _endHolder;

    private SmallDisk(string folder, Func<Task> endHolder) => (_folder, _endHolder) = (folder, endHolder);

    private string Ballast => Path.Combine(_folder, "ballast");

    /// <summary>As a collector's data folder.</summary>
    public static Task<SmallDisk> MountAsync(RunningCollector collector, string size) =>
        MountAsync(collector.DataFolder, size, collector.EndAsync);

    /// <summary>At any folder.</summary>
    /// <param name="folder">Made when it is not there.</param>
    /// <param name="size">As mount takes it.</param>
    /// <param name="endHolder">Ends whoever holds files of it, also when the test failed.</param>
    public static async Task<SmallDisk> MountAsync(string folder, string size, Func<Task> endHolder)
    {
        if (Environment.UserName != "root") Assert.Skip("Only root may mount a small tmpfs.");
        if (CommandRun.FindProgram("mount") is null) Assert.Skip("The program 'mount' is not here.");
        folder = Directory.CreateDirectory(folder).FullName;
        var (code, error) = await RunAsync("mount", "-t", "tmpfs", "-o", $"size={size},mode=700", "tmpfs", folder);
        if (code != 0) Assert.Skip($"A tmpfs cannot be mounted here: {error.Trim()}");
        return new SmallDisk(folder, endHolder);
    }

    /// <summary>Writes a configuration for a collector's spool on it, outside of it; returns the file.</summary>
    public static async Task<string> ConfigureAsync(RunningCollector collector, string minFree)
    {
        var file = Path.Combine(collector.Folder, "culvert.json");
        await File.WriteAllTextAsync(
            file,
            $$"""{ "spool": { "segmentSize": "1MiB", "maxSize": "16MiB", "minFree": "{{minFree}}" } }""",
            TestContext.Current.CancellationToken);
        return file;
    }

    /// <summary>Fills it until so much is free, or altogether.</summary>
    public void Fill(long freeBytes = 0)
    {
        using var file = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[64 * 1024];
        try
        {
            var disk = new DriveInfo(_folder);
            while (freeBytes == 0 || disk.AvailableFreeSpace > freeBytes) file.Write(block);
        }
        catch (IOException)
        {
            // That is full.
        }
    }

    public void MakeRoom() => File.Delete(Ballast);

    public async ValueTask DisposeAsync()
    {
        await _endHolder();
        await RunAsync("umount", _folder);
    }

    private static async Task<(int Code, string Error)> RunAsync(string program, params string[] arguments)
    {
        using var run = CommandRun.Start(program, arguments);
        var (code, _, error) = await run.EndAsync();
        return (code, error);
    }
}
