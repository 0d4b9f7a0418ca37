using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.Windows;

/// <summary>Views of a section that follow each other without a gap, so that a ring that is mapped twice can be read
/// and written across its end.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe class ViewsInARow
{
    /// <summary>How often free addresses are looked for, since another thread may take them before they are
    /// mapped.</summary>
    private const int TriesMax = 16;

    /// <summary>Maps them; null when it cannot, with the system's last error.</summary>
    /// <param name="section">May be closed afterwards.</param>
    /// <param name="views">Each begins and ends at a multiple of 64 KiB.</param>
    public static byte* TryMap(SafeFileHandle section, ReadOnlySpan<View> views)
    {
        var bytes = 0L;
        foreach (var view in views) bytes += view.Bytes;
        for (var tries = 0; tries < TriesMax; tries++)
        {
            // To replace a reserved place by a view in one step takes calls that older systems do not have
            // (VirtualAlloc2), so it is given back first.
            var address = Kernel32.VirtualAlloc(null, (nuint)bytes, Kernel32.MemoryReserve, Kernel32.PageNoAccess);
            if (address is null) return null;
            Kernel32.VirtualFree(address, 0, Kernel32.MemoryRelease);
            var mapped = 0;
            var at = address;
            while (mapped < views.Length && MapAt(section, views[mapped], at)) at += views[mapped++].Bytes;
            if (mapped == views.Length) return address;
            var error = Marshal.GetLastPInvokeError();
            Unmap(address, views[..mapped]);
            Marshal.SetLastPInvokeError(error);
        }

        return null;
    }

    public static void Unmap(byte* address, ReadOnlySpan<View> views)
    {
        foreach (var view in views)
        {
            Kernel32.UnmapViewOfFile(address);
            address += view.Bytes;
        }
    }

    private static bool MapAt(SafeFileHandle section, View view, byte* at)
    {
        const uint Access = Kernel32.SectionMapRead | Kernel32.SectionMapWrite;
        return Kernel32.MapViewOfFileAt(
            section, Access, (uint)(view.Offset >> 32), (uint)view.Offset, (nuint)view.Bytes, at) == at;
    }
}

/// <summary>A part of a section.</summary>
internal readonly record struct View(long Offset, long Bytes);
