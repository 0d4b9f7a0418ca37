using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.Windows;

/// <summary>The system's tokens. Names and numbers are those of winnt.h.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class Advapi32
{
    public const uint TokenQuery = 0x0008;

    public const int TokenSessionId = 12;
    public const int TokenIntegrityLevel = 25;

    /// <summary>OWNER_SECURITY_INFORMATION.</summary>
    public const uint OwnerInformation = 1;

    /// <summary>DACL_SECURITY_INFORMATION.</summary>
    public const uint ListInformation = 4;

    private const string Library = "advapi32.dll";

    /// <summary>GetCurrentThread(): stands for whichever thread uses it.</summary>
    public static readonly nint CurrentThread = -2;

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool OpenProcessToken(
        SafeProcessHandle process, uint access, out SafeAccessTokenHandle token);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool OpenThreadToken(
        nint thread, uint access, [MarshalAs(UnmanagedType.Bool)] bool openAsSelf, out SafeAccessTokenHandle token);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool GetTokenInformation(
        SafeAccessTokenHandle token, int kind, byte* buffer, uint bufferBytes, uint* bytes);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool GetKernelObjectSecurity(
        SafeHandle handle, uint information, byte* descriptor, uint descriptorBytes, uint* bytes);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool ImpersonateNamedPipeClient(SafePipeHandle pipe);

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool RevertToSelf();
}
