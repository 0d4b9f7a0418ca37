using Culvert.Collector.Tests.Shipping;

namespace Culvert.Collector.Tests.EndToEnd;

/// <summary>A small tmpfs as a collector's data folder, which a test fills and empties. Skips the test where it cannot
/// be had.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly RunningCollector _collector;

    private SmallDisk(RunningCollector collector) => _collector = collector;

    private string Ballast => Path.Combine(_collector.DataFolder, "ballast");

    public static async Task<SmallDisk> MountAsync(RunningCollector collector, string size)
    {
        if (Environment.UserName != "root") Assert.Skip("Only root may mount a small tmpfs.");
        if (CommandRun.FindProgram("mount") is null) Assert.Skip("The program 'mount' is not here.");
        var folder = Directory.CreateDirectory(collector.DataFolder).FullName;
        var (code, error) = await RunAsync("mount", "-t", "tmpfs", "-o", $"size={size},mode=700", "tmpfs", folder);
        if (code != 0) Assert.Skip($"A tmpfs cannot be mounted here: {error.Trim()}");
        return new SmallDisk(collector);
    }

    /// <summary>Writes a configuration for a spool on it, outside of it; returns the file.</summary>
    public async Task<string> ConfigureAsync(string minFree)
    {
        var file = Path.Combine(_collector.Folder, "culvert.json");
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
            var disk = new DriveInfo(_collector.DataFolder);
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
        // The collector holds files of it until it ended, also when the test failed.
        await _collector.EndAsync();
        await RunAsync("umount", _collector.DataFolder);
    }

    private static async Task<(int Code, string Error)> RunAsync(string program, params string[] arguments)
    {
        using var run = CommandRun.Start(program, arguments);
        var (code, _, error) = await run.EndAsync();
        return (code, error);
    }
}
