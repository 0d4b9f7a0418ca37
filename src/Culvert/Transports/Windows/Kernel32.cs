using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.Windows;

/// <summary>The system's processes, sections and handles. Names, numbers and meanings are those of winbase.h.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class Kernel32
{
    public const uint ProcessDuplicateHandle = 0x0040;
    public const uint ProcessQueryLimited = 0x1000;
    public const uint Synchronize = 0x0010_0000;

    /// <summary>GMEM_MOVEABLE.</summary>
    public const uint GlobalMovable = 0x2;

    public const uint PageReadWrite = 0x04;
    public const uint SectionQuery = 0x1;
    public const uint SectionMapWrite = 0x2;
    public const uint SectionMapRead = 0x4;

    public const uint MemoryReserve = 0x2000;
    public const uint MemoryRelease = 0x8000;
    public const uint PageNoAccess = 0x01;

    private const string Library = "kernel32.dll";

    [LibraryImport(Library, EntryPoint = "GetModuleHandleW", StringMarshalling = StringMarshalling.Utf16)]
    public static partial nint GetModuleHandle(string? name);

    [LibraryImport(Library)]
    public static partial uint GetCurrentThreadId();

    [LibraryImport(Library)]
    public static partial nint GetCurrentProcess();

    [LibraryImport(Library, SetLastError = true)]
    public static partial SafeProcessHandle OpenProcess(
        uint access, [MarshalAs(UnmanagedType.Bool)] bool inherit, uint processId);

    [LibraryImport(Library, EntryPoint = "QueryFullProcessImageNameW", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool QueryFullProcessImageName(
        SafeProcessHandle process, uint flags, char* name, uint* length);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool DuplicateHandle(
        SafeProcessHandle sourceProcess, nint source, nint targetProcess, out SafeFileHandle target, uint access,
        [MarshalAs(UnmanagedType.Bool)] bool inherit, uint options);

    [LibraryImport(Library, EntryPoint = "CreateFileMappingW", SetLastError = true)]
    public static partial SafeFileHandle CreateFileMapping(
        nint file, nint security, uint protection, uint sizeHigh, uint sizeLow, nint name);

    [LibraryImport(Library, SetLastError = true)]
    public static partial byte* MapViewOfFile(
        SafeFileHandle section, uint access, uint offsetHigh, uint offsetLow, nuint length);

    /// <summary>Maps at that address, or fails.</summary>
    [LibraryImport(Library, EntryPoint = "MapViewOfFileEx", SetLastError = true)]
    public static partial byte* MapViewOfFileAt(
        SafeFileHandle section, uint access, uint offsetHigh, uint offsetLow, nuint length, byte* address);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool UnmapViewOfFile(byte* address);

    [LibraryImport(Library, SetLastError = true)]
    public static partial byte* VirtualAlloc(byte* address, nuint length, uint kind, uint protection);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool VirtualFree(byte* address, nuint length, uint kind);

    [LibraryImport(Library, EntryPoint = "CreateEventW", SetLastError = true)]
    public static partial SafeWaitHandle CreateEvent(
        nint security, [MarshalAs(UnmanagedType.Bool)] bool isManualReset, [MarshalAs(UnmanagedType.Bool)] bool isSet,
        nint name);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool SetEvent(SafeWaitHandle handle);

    [LibraryImport(Library, SetLastError = true)]
    public static partial uint WaitForSingleObject(SafeWaitHandle handle, uint timeoutMs);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint GlobalAlloc(uint flags, nuint bytes);

    [LibraryImport(Library, SetLastError = true)]
    public static partial byte* GlobalLock(nint memory);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int GlobalUnlock(nint memory);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nuint GlobalSize(nint memory);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint GlobalFree(nint memory);
}
