namespace Culvert.Collector.Tests.Spool;

/// <summary>A folder of one test.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("culvert-spool-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
