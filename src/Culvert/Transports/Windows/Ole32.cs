using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Culvert.Transports.Windows;

/// <summary>The system's COM. Names, numbers and meanings are those of objbase.h and objidl.h.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class Ole32
{
    /// <summary>ROTFLAGS_REGISTRATIONKEEPSALIVE.</summary>
    public const uint KeepsAlive = 1;

    private const string Library = "ole32.dll";

    [LibraryImport(Library)]
    public static partial int CoIncrementMTAUsage(nint* cookie);

    [LibraryImport(Library)]
    public static partial int GetRunningObjectTable(uint reserved, nint* table);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf16)]
    public static partial int CreateItemMoniker(string delimiter, string item, nint* moniker);

    [LibraryImport(Library)]
    public static partial int CreateStreamOnHGlobal(nint memory, int deleteOnRelease, nint* stream);
}
