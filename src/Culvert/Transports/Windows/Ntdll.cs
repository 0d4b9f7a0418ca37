using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Culvert.Transports.Windows;

/// <summary>What only the system's lowest library tells.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class Ntdll
{
    /// <summary>SEC_FILE.</summary>
    public const uint SectionOfFile = 0x0080_0000;

    /// <summary>SEC_COMMIT.</summary>
    public const uint SectionCommitted = 0x0800_0000;

    private const string Library = "ntdll.dll";

    [LibraryImport(Library)]
    public static partial int NtQuerySection(nint section, int kind, SectionBasic* info, nuint length, nuint* returned);

    /// <summary>SECTION_BASIC_INFORMATION.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct SectionBasic
    {
        public nint Base;
        public uint Attributes;
        public long Size;
    }
}
