using System.IO.Enumeration;

namespace Culvert.Collector.Inputs.Files;

/// <summary>One pattern of paths: <c>*</c> and <c>?</c> within a name, <c>**</c> for any number of folders.</summary>
/// <remarks>Folders that are symbolic links are followed where the pattern names them, but not by <c>**</c>, so that a
/// loop of links ends.</remarks>
internal sealed class FileGlob
{
    private const string AnyDepth = "**";

    /// <summary>As the system's own names are: Windows knows a file by its name in any case.</summary>
    private static readonly bool IgnoresCase = OperatingSystem.IsWindows();

    private readonly string[] _names;
    private readonly int _fixedCount;

    public FileGlob(string pattern)
    {
        Pattern = Path.GetFullPath(pattern);
        var top = Path.GetPathRoot(Pattern)!;
        _names = Pattern[top.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
        _fixedCount = _names.TakeWhile(name => name.AsSpan().IndexOfAny('*', '?') < 0).Count();
        if (_fixedCount == _names.Length) _fixedCount--;
        Root = Path.Combine([top, .. _names[..Math.Max(0, _fixedCount)]]);
    }

    public string Pattern { get; }

    /// <summary>The folder below which all matches lie.</summary>
    public string Root { get; }

    /// <summary>Whether matches may lie deeper than in <see cref="Root"/> itself.</summary>
    public bool IsDeep => _names.Length - _fixedCount > 1;

    public bool IsMatch(string path)
    {
        var top = Path.GetPathRoot(path)!;
        return string.Equals(top, Path.GetPathRoot(Pattern), StringComparison.OrdinalIgnoreCase) && IsMatch(
            path[top.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries), _names);
    }

    /// <summary>The paths of files that are there now; folders that may not be read are left out.</summary>
    public IEnumerable<string> Find() => Find(Root, Math.Max(0, _fixedCount), 0);

    private IEnumerable<string> Find(string folder, int index, int depth)
    {
        if (index >= _names.Length || depth > FilesLimits.ScanDepthMax) yield break;
        var name = _names[index];
        if (name == AnyDepth)
        {
            foreach (var match in Find(folder, index + 1, depth)) yield return match;
            foreach (var inner in Entries(folder, "*", wantFolders: true, followLinks: false))
            {
                foreach (var match in Find(inner, index, depth + 1)) yield return match;
            }

            yield break;
        }

        var isLast = index == _names.Length - 1;
        foreach (var entry in Entries(folder, name, !isLast, followLinks: true))
        {
            if (isLast) yield return entry;
            else foreach (var match in Find(entry, index + 1, depth + 1)) yield return match;
        }
    }

    private static IReadOnlyList<string> Entries(string folder, string name, bool wantFolders, bool followLinks)
    {
        try
        {
            var options = new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = 0 };
            return
            [
                .. new FileSystemEnumerable<string>(folder, (ref FileSystemEntry entry) => entry.ToFullPath(), options)
                {
                    ShouldIncludePredicate = (ref FileSystemEntry entry) => entry.IsDirectory == wantFolders
                        && (followLinks || !entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
                        && FileSystemName.MatchesSimpleExpression(name, entry.FileName, IgnoresCase),
                },
            ];
        }
        catch (IOException)
        {
            // The folder is not there yet, or was removed between two looks at it.
            return [];
        }
    }

    private static bool IsMatch(ReadOnlySpan<string> path, ReadOnlySpan<string> names)
    {
        while (!names.IsEmpty)
        {
            if (names[0] == AnyDepth)
            {
                for (var skip = 0; skip <= path.Length; skip++)
                {
                    if (IsMatch(path[skip..], names[1..])) return true;
                }

                return false;
            }

            if (path.IsEmpty) return false;
            if (!FileSystemName.MatchesSimpleExpression(names[0], path[0], IgnoresCase)) return false;
            path = path[1..];
            names = names[1..];
        }

        return path.IsEmpty;
    }
}
