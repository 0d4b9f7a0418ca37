using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Culvert.Transports.Windows;

/// <summary>The system's waiting on a number in memory. Meaning as in synchapi.h.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class KernelBase
{
    private const string Library = "api-ms-win-core-synch-l1-2-0.dll";

    /// <summary>Sleeps while the number is what it was seen to be; wakes also without a reason.</summary>
    [LibraryImport(Library, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool WaitOnAddress(int* address, int* seen, nuint size, uint timeoutMs);

    [LibraryImport(Library)]
    public static partial void WakeByAddressSingle(int* address);
}
