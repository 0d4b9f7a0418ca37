using Microsoft.Win32.SafeHandles;

namespace Culvert.Collector.Inputs.Files;

/// <summary>What the system says of a file. .NET does not tell which file it is.</summary>
/// <param name="Id">Which file it is, whatever its name.</param>
/// <param name="SizeBytes">Its length.</param>
/// <param name="IsRegular">False for folders, pipes and devices.</param>
/// <param name="IsDeleted">Whether no name is left.</param>
internal readonly record struct FileStat(FileId Id, long SizeBytes, bool IsRegular, bool IsDeleted)
{
    /// <summary>Follows symbolic links. When it returns false, <paramref name="isDenied"/> tells a file that may not be
    /// looked at from one that is not there.</summary>
    public static bool TryGet(string path, out FileStat stat, out bool isDenied) =>
        OperatingSystem.IsWindows()
            ? WindowsFileStat.TryGet(path, out stat, out isDenied)
            : LinuxFileStat.TryGet(path, out stat, out isDenied);

    public static bool TryGet(SafeFileHandle file, out FileStat stat) =>
        OperatingSystem.IsWindows() ? WindowsFileStat.TryGet(file, out stat) : LinuxFileStat.TryGet(file, out stat);
}

/// <summary>Which file, whatever its name, as long as it lives.</summary>
/// <param name="Device">Linux' device, or the volume's serial number.</param>
/// <param name="Inode">Linux' inode, or the file's number on the volume.</param>
internal readonly record struct FileId(ulong Device, ulong Inode);
