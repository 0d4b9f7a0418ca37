using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.Windows;

/// <summary>The system's tokens. Names and numbers are those of winnt.h.</summary>
[SupportedOSPlatform("windows")]
internal static partial class Advapi32
{
    public const uint TokenQuery = 0x0008;

    private const string Library = "advapi32.dll";

    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool OpenProcessToken(
        SafeProcessHandle process, uint access, out SafeAccessTokenHandle token);
}
