using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.Windows;

/// <summary>What only the system's lowest library tells.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class Ntdll
{
    /// <summary>SEC_FILE.</summary>
    private const uint SectionOfFile = 0x0080_0000;

    /// <summary>SEC_COMMIT.</summary>
    private const uint SectionCommitted = 0x0800_0000;

    private const string Library = "ntdll.dll";

    /// <summary>The size of a section that is memory for good, or 0: reading a file's section could fail at any time,
    /// and that ends the program.</summary>
    public static long MemoryBytes(SafeFileHandle section)
    {
        SectionBasic basic;
        var status = NtQuerySection(section, 0, &basic, (nuint)sizeof(SectionBasic), null);
        return status == 0 && (basic.Attributes & SectionOfFile) == 0 && (basic.Attributes & SectionCommitted) != 0
            ? basic.Size
            : 0;
    }

    /// <summary>What the system knows of one end of a pipe.</summary>
    [LibraryImport(Library)]
    public static partial int NtQueryInformationFile(
        SafePipeHandle file, nint* status, PipeState* info, uint length, int kind);

    [LibraryImport(Library)]
    private static partial int NtQuerySection(
        SafeFileHandle section, int kind, SectionBasic* info, nuint length, nuint* returned);

    /// <summary>FILE_PIPE_LOCAL_INFORMATION.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PipeState
    {
        /// <summary>FilePipeLocalInformation.</summary>
        public const int Kind = 24;

        /// <summary>FILE_PIPE_CONNECTED_STATE.</summary>
        public const uint Connected = 3;

        public uint Type;
        public uint Configuration;
        public uint InstancesMax;
        public uint Instances;
        public uint InBytesMax;
        public uint InBytes;
        public uint OutBytesMax;
        public uint OutRoom;
        public uint State;
        public uint End;
    }

    /// <summary>SECTION_BASIC_INFORMATION.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct SectionBasic
    {
        public nint Base;
        public uint Attributes;
        public long Size;
    }
}
