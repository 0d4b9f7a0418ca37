using Culvert.Records;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Inputs.Files;

/// <summary>Finds the files that the patterns name, and opens those that are not followed yet where they were left. One
/// thread at a time.</summary>
internal sealed class FileScanner
{
    private readonly InputContext _context;
    private readonly FilesOptions _options;
    private readonly ILogger _logger;
    private readonly FileGlob[] _globs;
    private readonly FileGlob[] _exclude;
    private readonly Dictionary<FileId, FileState> _known;
    private readonly HashSet<string> _unreadable = [];
    private readonly bool _isFirstStart;
    private bool _saidTooMany;

    public FileScanner(InputContext context, FilesOptions options, IReadOnlyCollection<FileState> known)
    {
        _context = context;
        _options = options;
        _logger = context.Loggers.CreateLogger<FileScanner>();
        _globs = [.. options.Patterns.Select(pattern => new FileGlob(pattern))];
        _exclude = [.. options.Exclude.Select(pattern => new FileGlob(pattern))];
        _isFirstStart = known.Count == 0;
        _known = [];
        foreach (var state in known.OrderBy(state => state.SeenNs)) _known[state.Id] = state;
    }

    public IReadOnlyList<FileGlob> Globs => _globs;

    /// <summary>How many scans were made.</summary>
    public long Count { get; private set; }

    /// <summary>Goes through the patterns: opens what is new, and notes what is still there.</summary>
    public void Scan(Dictionary<FileId, FileTail> tails)
    {
        Count++;
        foreach (var path in _globs.SelectMany(glob => glob.Find()).Take(FilesLimits.ScanPathsMax))
        {
            if (!_exclude.Any(glob => glob.IsMatch(path))) Visit(path, tails);
        }

        if (Count == 1) FindRenamed(tails);
    }

    /// <summary>Keeps the state of a file that is no longer followed, for when it is found again.</summary>
    public void Remember(FileState state) => _known[state.Id] = state;

    private void Visit(string path, Dictionary<FileId, FileTail> tails)
    {
        if (!FileStat.TryGet(path, out var stat, out var isDenied))
        {
            if (isDenied) NoteUnreadable(path, "permission denied");
            return;
        }

        if (!stat.IsRegular) return;
        if (tails.TryGetValue(stat.Id, out var tail))
        {
            if (tail.FoundInScan != Count) tail.Path = path;
            tail.FoundInScan = Count;
            return;
        }

        if (tails.Count < FilesLimits.FilesMax)
        {
            TryOpen(path, tails);
        }
        else if (!_saidTooMany)
        {
            _saidTooMany = true;
            _logger.TooManyFiles(FilesLimits.FilesMax);
        }
    }

    private void TryOpen(string path, Dictionary<FileId, FileTail> tails)
    {
        try
        {
            // All sharing, so that neither a lock is taken nor one respected: logs are written while they are read.
            var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (!FileStat.TryGet(file, out var stat) || !stat.IsRegular || tails.ContainsKey(stat.Id))
            {
                file.Dispose();
                return;
            }

            _unreadable.Remove(path);
            var state = StateOf(path, file, stat);
            _logger.Following(path, state.Position);
            tails.Add(stat.Id, new FileTail(_context, file, state, _options) { FoundInScan = Count });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (e is not FileNotFoundException and not DirectoryNotFoundException) NoteUnreadable(path, e.Message);
        }
    }

    private FileState StateOf(string path, Microsoft.Win32.SafeHandles.SafeFileHandle file, FileStat stat)
    {
        if (_known.Remove(stat.Id, out var known) && known.Fingerprint.Matches(file))
        {
            // Shorter than what was read, but begun alike: it was truncated, and its writer begins as it always does.
            return stat.SizeBytes >= known.Position
                ? known with { Path = path }
                : known with { Path = path, Position = 0, Generation = known.Generation + 1 };
        }

        // At the very first start an option may leave out what was written before the collector came.
        var skip = _options.FromEnd && _isFirstStart && Count == 1;
        Span<byte> producer = stackalloc byte[16];
        System.Security.Cryptography.RandomNumberGenerator.Fill(producer);
        return new FileState
        {
            Producer = BitConverter.ToUInt128(producer),
            Id = stat.Id,
            Generation = 1,
            Position = skip ? stat.SizeBytes : 0,
            Fingerprint = default,
            SeenNs = UnixTime.NowNs(_context.Time),
            Path = path,
        };
    }

    // A file that was renamed while the collector was down, to a name that no pattern has, was not read to its end: it
    // is looked for in its folder by its identity.
    private void FindRenamed(Dictionary<FileId, FileTail> tails)
    {
        var folders = _known.Values.Select(state => Path.GetDirectoryName(state.Path)).OfType<string>().Distinct();
        foreach (var folder in folders.Where(Directory.Exists).ToArray())
        {
            try
            {
                foreach (var path in Directory.EnumerateFiles(folder).Take(FilesLimits.FilesMax))
                {
                    var isKnown = FileStat.TryGet(path, out var stat, out _) && _known.TryGetValue(stat.Id, out _);
                    if (isKnown && tails.Count < FilesLimits.FilesMax) OpenRenamed(path, stat.Id, tails);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                NoteUnreadable(folder, e.Message);
            }
        }
    }

    private void OpenRenamed(string path, FileId id, Dictionary<FileId, FileTail> tails)
    {
        // Only where it is the same file by its content as well; another one has nothing to do with the patterns.
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
        {
            if (!_known[id].Fingerprint.Matches(file) || _known[id].Fingerprint.Length == 0) return;
        }

        TryOpen(path, tails);
    }

    private void NoteUnreadable(string path, string reason)
    {
        if (_unreadable.Add(path)) _logger.CannotRead(path, reason);
    }
}
