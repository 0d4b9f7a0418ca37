using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

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

    /// <summary>What the system knows of one end of a pipe.</summary>
    [LibraryImport(Library)]
    public static partial int NtQueryInformationFile(
        SafePipeHandle file, nint* status, PipeState* info, uint length, int kind);

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
