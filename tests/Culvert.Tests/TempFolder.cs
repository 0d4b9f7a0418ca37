namespace Culvert.Tests;

/// <summary>A folder of one test, removed with it. Its name is short, since a Unix socket's path must be.</summary>
public sealed class TempFolder : IDisposable
{
    public TempFolder() => Path = Directory.CreateTempSubdirectory("culvert-").FullName;

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
