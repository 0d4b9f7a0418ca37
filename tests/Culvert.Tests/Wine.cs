using System.Runtime.InteropServices;

namespace Culvert.Tests;

/// <summary>Whether the tests run under Wine, which takes itself for Windows and is not in all.</summary>
public static class Wine
{
    public static bool IsHere { get; } = OperatingSystem.IsWindows()
        && NativeLibrary.TryLoad("ntdll.dll", out var library)
        && NativeLibrary.TryGetExport(library, "wine_get_version", out _);
}
