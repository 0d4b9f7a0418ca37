using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.Windows;

/// <summary>Named pipes and overlapped I/O. Names, numbers and meanings are those of winbase.h and winnt.h.</summary>
internal static unsafe partial class Kernel32
{
    public const uint PipeAccessDuplex = 0x3;
    public const uint FileFlagFirstPipeInstance = 0x0008_0000;
    public const uint FileFlagOverlapped = 0x4000_0000;
    public const uint PipeTypeByte = 0;
    public const uint PipeTypeMessage = 0x4;
    public const uint PipeReadModeMessage = 0x2;
    public const uint PipeRejectRemoteClients = 0x8;
    public const uint PipeUnlimitedInstances = 255;

    public const uint FileReadData = 0x1;
    public const uint FileWriteData = 0x2;
    public const uint FileReadAttributes = 0x80;
    public const uint FileWriteAttributes = 0x100;
    public const uint ReadControl = 0x2_0000;

    public const uint OpenExisting = 3;
    public const uint SecurityIdentification = 0x0001_0000;
    public const uint SecuritySqosPresent = 0x0010_0000;

    /// <summary>STILL_ACTIVE.</summary>
    public const uint StillActive = 259;

    [LibraryImport(Library, EntryPoint = "CreateNamedPipeW", SetLastError = true,
        StringMarshalling = StringMarshalling.Utf16)]
    public static partial SafePipeHandle CreateNamedPipe(
        string name, uint openMode, uint pipeMode, uint instancesMax, uint outBytes, uint inBytes,
        uint defaultTimeoutMs, SecurityAttributes* security);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool ConnectNamedPipe(SafePipeHandle pipe, NativeOverlapped* overlapped);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool DisconnectNamedPipe(SafePipeHandle pipe);

    [LibraryImport(Library, EntryPoint = "CreateFileW", SetLastError = true,
        StringMarshalling = StringMarshalling.Utf16)]
    public static partial SafePipeHandle OpenPipe(
        string name, uint access, uint share, SecurityAttributes* security, uint disposition, uint flags,
        nint template);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool ReadFile(
        SafePipeHandle file, byte* buffer, uint bytes, uint* read, NativeOverlapped* overlapped);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool WriteFile(
        SafePipeHandle file, byte* buffer, uint bytes, uint* written, NativeOverlapped* overlapped);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool CancelIoEx(SafePipeHandle file, NativeOverlapped* overlapped);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool SetNamedPipeHandleState(
        SafePipeHandle pipe, uint* mode, uint* collectCount, uint* collectTimeoutMs);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool GetNamedPipeClientProcessId(SafePipeHandle pipe, out uint processId);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool GetNamedPipeServerProcessId(SafePipeHandle pipe, out uint processId);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool GetExitCodeProcess(SafeProcessHandle process, out uint exitCode);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint CreateIoCompletionPort(nint file, nint port, nuint key, uint threads);

    [LibraryImport(Library, EntryPoint = "CreateIoCompletionPort", SetLastError = true)]
    public static partial nint AddToCompletionPort(SafePipeHandle file, nint port, nuint key, uint threads);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool GetQueuedCompletionStatus(
        nint port, uint* bytes, nuint* key, NativeOverlapped** overlapped, uint timeoutMs);

    /// <summary>SECURITY_ATTRIBUTES.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct SecurityAttributes
    {
        public uint Bytes;
        public void* Descriptor;
        public int Inherit;
    }
}
