using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Collector.Inputs.Files;

/// <summary>The same by GetFileInformationByHandleEx (winbase.h).</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class WindowsFileStat
{
    private const string Library = "kernel32.dll";
    private const uint ReadAttributes = 0x80;
    private const uint ShareAll = 0x1 | 0x2 | 0x4;
    private const uint OpenExisting = 3;

    /// <summary>FILE_FLAG_BACKUP_SEMANTICS: folders can be opened, too.</summary>
    private const uint AlsoFolders = 0x0200_0000;

    private const uint FileTypeDisk = 1;
    private const int StandardInformation = 1;
    private const int IdInformation = 18;
    private const int AccessDenied = 5;

    /// <summary>Takes no lock and respects none: it asks for nothing but the attributes.</summary>
    public static bool TryGet(string path, out FileStat stat, out bool isDenied)
    {
        using var file = CreateFile(path, ReadAttributes, ShareAll, 0, OpenExisting, AlsoFolders, 0);
        // A file that is being deleted answers so, too; it is gone soon.
        isDenied = file.IsInvalid && Marshal.GetLastPInvokeError() == AccessDenied;
        if (!file.IsInvalid) return TryGet(file, out stat);
        stat = default;
        return false;
    }

    public static bool TryGet(SafeFileHandle file, out FileStat stat)
    {
        stat = default;
        FileStandardInfo standard;
        FileIdInfo id;
        if (!GetFileInformation(file, StandardInformation, &standard, (uint)sizeof(FileStandardInfo))
            || !GetFileInformation(file, IdInformation, &id, (uint)sizeof(FileIdInfo))) return false;

        // NTFS has numbers of 64 bits. ReFS has more, of which the upper part is the folder's; a later file with the
        // same number is told by its content (FileFingerprint).
        stat = new FileStat(
            new FileId(id.Volume, id.Low ^ ulong.RotateLeft(id.High, 32)),
            standard.EndOfFile,
            standard.IsFolder == 0 && GetFileType(file) == FileTypeDisk,
            standard.IsDeletePending != 0 || standard.Links == 0);
        return true;
    }

    [LibraryImport(Library, EntryPoint = "CreateFileW", SetLastError = true,
        StringMarshalling = StringMarshalling.Utf16)]
    private static partial SafeFileHandle CreateFile(
        string path, uint access, uint share, nint security, uint disposition, uint flags, nint template);

    [LibraryImport(Library, EntryPoint = "GetFileInformationByHandleEx", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetFileInformation(SafeFileHandle file, int kind, void* buffer, uint bytes);

    [LibraryImport(Library)]
    private static partial uint GetFileType(SafeFileHandle file);

    /// <summary>FILE_STANDARD_INFO.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FileStandardInfo
    {
        public long AllocationSize;
        public long EndOfFile;
        public uint Links;
        public byte IsDeletePending;
        public byte IsFolder;
    }

    /// <summary>FILE_ID_INFO.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FileIdInfo
    {
        public ulong Volume;
        public ulong Low;
        public ulong High;
    }
}
