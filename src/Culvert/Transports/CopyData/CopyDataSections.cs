using System.Runtime.Versioning;
using Culvert.Transports.Windows;

namespace Culvert.Transports.CopyData;

/// <summary>
/// Opens sections of one process. The handle is looked up in that process, so it can name its own and nothing else.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class CopyDataSections(PeerProcess process) : ICopyDataSections
{
    public ICopyDataSection? TryOpen(ulong handle, int bytes)
    {
        using var section = process.TryDuplicate((nint)handle, Kernel32.SectionMapRead | Kernel32.SectionQuery);
        if (section is null || Ntdll.MemoryBytes(section) < bytes) return null;
        var address = Kernel32.MapViewOfFile(section, Kernel32.SectionMapRead, 0, 0, (nuint)bytes);
        return address is null ? null : new View(address, bytes);
    }

    private sealed class View(byte* address, int bytes) : ICopyDataSection
    {
        public ReadOnlySpan<byte> Bytes => new(address, bytes);

        public void Dispose() => Kernel32.UnmapViewOfFile(address);
    }
}
