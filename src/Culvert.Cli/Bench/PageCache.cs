using System.Runtime.InteropServices;

namespace Culvert.Cli.Bench;

/// <summary>Makes files cold. Source: posix_fadvise(2), POSIX_FADV_DONTNEED.</summary>
internal static partial class PageCache
{
    private const int DontNeed = 4;

    /// <summary>Drops the pages of all files of a folder from the page cache, where the system can.</summary>
    public static void Drop(string folder)
    {
        if (!OperatingSystem.IsLinux()) return;
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            // Dirty pages stay unless they are written first.
            RandomAccess.FlushToDisk(file);
            _ = posix_fadvise(file, 0, 0, DontNeed);
        }
    }

    [LibraryImport("libc")]
    private static partial int posix_fadvise(
        Microsoft.Win32.SafeHandles.SafeFileHandle file, long offset, long length, int advice);
}
