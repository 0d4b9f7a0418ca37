using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.Windows;

/// <summary>Files. Names, numbers and meanings are those of winbase.h and winnt.h.</summary>
internal static unsafe partial class Kernel32
{
    public const uint GenericRead = 0x8000_0000;
    public const uint GenericWrite = 0x4000_0000;

    /// <summary>FILE_SHARE_READ, FILE_SHARE_WRITE and FILE_SHARE_DELETE.</summary>
    public const uint FileShareAll = 0x7;

    public const uint CreateNew = 1;
    public const uint FileAttributeNormal = 0x80;
    public const uint FileAttributeTemporary = 0x100;
    public const uint FileFlagOpenReparsePoint = 0x0020_0000;

    /// <summary>Folders can be opened, too.</summary>
    public const uint FileFlagBackupSemantics = 0x0200_0000;

    public const uint LockFileFailImmediately = 0x1;
    public const uint LockFileExclusive = 0x2;

    [LibraryImport(Library, EntryPoint = "CreateFileW", SetLastError = true,
        StringMarshalling = StringMarshalling.Utf16)]
    public static partial SafeFileHandle OpenFile(
        string name, uint access, uint share, SecurityAttributes* security, uint disposition, uint flags,
        nint template);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool LockFileEx(
        SafeFileHandle file, uint flags, uint reserved, uint bytesLow, uint bytesHigh, NativeOverlapped* place);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool UnlockFile(
        SafeFileHandle file, uint offsetLow, uint offsetHigh, uint bytesLow, uint bytesHigh);
}
