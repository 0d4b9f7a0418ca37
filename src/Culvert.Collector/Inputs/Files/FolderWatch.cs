using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Inputs.Files;

/// <summary>Says that something changed below the folders of the patterns, so that a new line is read at once. It is a
/// hint only: where the system reports nothing (network file systems, links, a full queue), polling finds it.</summary>
internal sealed class FolderWatch : IDisposable
{
    private readonly List<FileSystemWatcher> _watchers = [];
    private readonly Action<string> _changed;
    private readonly Action _appeared;

    /// <param name="globs">What is watched.</param>
    /// <param name="changed">A file was written; called on any thread.</param>
    /// <param name="appeared">Names were made, changed or lost; called on any thread.</param>
    /// <param name="logger">Where it says what cannot be watched.</param>
    public FolderWatch(IEnumerable<FileGlob> globs, Action<string> changed, Action appeared, ILogger logger)
    {
        _changed = changed;
        _appeared = appeared;
        foreach (var group in globs.GroupBy(glob => glob.Root))
        {
            try
            {
                Watch(group.Key, group.Any(glob => glob.IsDeep));
            }
            catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
            {
                logger.CannotWatch(group.Key, e.Message);
            }
        }
    }

    public void Dispose()
    {
        foreach (var watcher in _watchers) watcher.Dispose();
    }

    private void Watch(string folder, bool isDeep)
    {
        var watcher = new FileSystemWatcher(folder)
        {
            IncludeSubdirectories = isDeep,
            NotifyFilter =
                NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
        };
        _watchers.Add(watcher);
        watcher.Changed += (_, change) => _changed(change.FullPath);
        watcher.Created += (_, _) => _appeared();
        watcher.Renamed += (_, _) => _appeared();
        watcher.EnableRaisingEvents = true;
    }
}
