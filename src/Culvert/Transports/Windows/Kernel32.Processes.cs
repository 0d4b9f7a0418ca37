using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.Windows;

/// <summary>Starting processes, and the handles that they inherit. Names, numbers and meanings are those of winbase.h,
/// processthreadsapi.h and handleapi.h.</summary>
internal static unsafe partial class Kernel32
{
    public const int StandardInput = -10;
    public const int StandardOutput = -11;
    public const int StandardError = -12;

    public const uint HandleFlagInherit = 0x1;
    public const uint DuplicateSameAccess = 0x2;
    public const uint FileTypeDisk = 0x1;
    public const uint FileTypePipe = 0x3;

    public const uint CreateUnicodeEnvironment = 0x400;
    public const uint ExtendedStartupInfoPresent = 0x0008_0000;
    public const uint DetachedProcess = 0x8;
    public const uint StartUseStandardHandles = 0x100;
    public const nuint AttributeHandleList = 0x2_0002;

    /// <summary>THREAD_TERMINATE, the right that CancelSynchronousIo asks for.</summary>
    public const uint ThreadTerminate = 0x1;

    [LibraryImport(Library, EntryPoint = "CreateProcessW", SetLastError = true,
        StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool CreateProcess(
        string? application, char* commandLine, nint processSecurity, nint threadSecurity,
        [MarshalAs(UnmanagedType.Bool)] bool inherits, uint flags, char* environment, string? folder,
        StartupInfoEx* startup, ProcessInformation* result);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool InitializeProcThreadAttributeList(nint list, int count, uint flags, nuint* bytes);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool UpdateProcThreadAttribute(
        nint list, uint flags, nuint attribute, void* value, nuint bytes, nint previous, nint returned);

    [LibraryImport(Library)]
    public static partial void DeleteProcThreadAttributeList(nint list);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool TerminateProcess(SafeProcessHandle process, uint exitCode);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool CloseHandle(nint handle);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool SetHandleInformation(nint handle, uint mask, uint flags);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool GetHandleInformation(nint handle, out uint flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint GetStdHandle(int which);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool SetStdHandle(int which, nint handle);

    /// <summary>0 where this process has no console.</summary>
    [LibraryImport(Library)]
    public static partial uint GetConsoleCP();

    [LibraryImport(Library, SetLastError = true)]
    public static partial uint GetFileType(nint file);

    [LibraryImport(Library, EntryPoint = "DuplicateHandle", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool DuplicateOwn(
        nint sourceProcess, nint source, nint targetProcess, out nint target, uint access,
        [MarshalAs(UnmanagedType.Bool)] bool inherit, uint options);

    [LibraryImport(Library, EntryPoint = "DuplicateHandle", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool DuplicateInto(
        nint sourceProcess, nint source, SafeProcessHandle targetProcess, nint* target, uint access,
        [MarshalAs(UnmanagedType.Bool)] bool inherit, uint options);

    [LibraryImport(Library, SetLastError = true)]
    public static partial SafeWaitHandle OpenThread(
        uint access, [MarshalAs(UnmanagedType.Bool)] bool inherit, uint threadId);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool CancelSynchronousIo(SafeWaitHandle thread);

    /// <summary>STARTUPINFOEXW.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct StartupInfoEx
    {
        public uint Bytes;
        public nint Reserved;
        public nint Desktop;
        public nint Title;
        public uint X;
        public uint Y;
        public uint Width;
        public uint Height;
        public uint Columns;
        public uint Rows;
        public uint Fill;
        public uint Flags;
        public ushort Show;
        public ushort ReservedBytes;
        public nint Reserved2;
        public nint Input;
        public nint Output;
        public nint Error;
        public nint Attributes;
    }

    /// <summary>PROCESS_INFORMATION.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ProcessInformation
    {
        public nint Process;
        public nint Thread;
        public uint ProcessId;
        public uint ThreadId;
    }
}
