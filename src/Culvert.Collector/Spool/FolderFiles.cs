namespace Culvert.Collector.Spool;

/// <summary>A real folder.</summary>
internal sealed class FolderFiles : ISpoolFiles
{
    private readonly DriveInfo _drive;

    public FolderFiles(string folder)
    {
        Folder = Path.GetFullPath(folder);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(Folder);
        else
            Directory.CreateDirectory(
                Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _drive = new DriveInfo(Folder);
    }

    public string Folder { get; }

    public long FreeBytes => _drive.AvailableFreeSpace;

    public IReadOnlyList<(string Name, long Bytes)> List() =>
        [.. new DirectoryInfo(Folder).EnumerateFiles().Select(file => (file.Name, file.Length))];

    public ISpoolFile OpenWrite(string name) => new FolderFile(File.OpenHandle(
        Path.Combine(Folder, name), FileMode.OpenOrCreate, FileAccess.ReadWrite,
        FileShare.ReadWrite | FileShare.Delete));

    public ISpoolFile OpenRead(string name) => new FolderFile(File.OpenHandle(
        Path.Combine(Folder, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    public void Delete(string name) => File.Delete(Path.Combine(Folder, name));

    public void FlushFolder() => FileDurability.FlushFolder(Folder);
}
