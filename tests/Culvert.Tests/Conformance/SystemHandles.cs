using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Culvert.Tests.Conformance;

/// <summary>The handles of this process one by one, as the whole system's table has them. GetProcessHandleCount is no
/// count under Wine but the size of a table that doubles.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class SystemHandles
{
    private const int ExtendedHandleInformation = 64;
    private const int TooSmall = unchecked((int)0xC000_0004);
    private const int BytesMax = 1 << 28;

    // SYSTEM_HANDLE_INFORMATION_EX, and SYSTEM_HANDLE_TABLE_ENTRY_INFO_EX of which it has many, in 64-bit processes.
    private const int HeadBytes = 16;
    private const int EntryBytes = 40;
    private const int ProcessIdAt = 8;
    private const int HandleAt = 16;
    private const int TypeAt = 30;

    /// <summary>The number of each and what kind of object it is of.</summary>
    public static string[] OfThisProcess()
    {
        for (var bytes = 1 << 20; bytes <= BytesMax; bytes *= 2)
        {
            var buffer = new byte[bytes];
            fixed (byte* start = buffer)
            {
                var status = NtQuerySystemInformation(ExtendedHandleInformation, start, (uint)bytes, null);
                if (status == TooSmall) continue;
                Assert.Equal(0, status);
            }

            var own = new List<string>();
            var count = BinaryPrimitives.ReadInt64LittleEndian(buffer);
            for (var entry = buffer.AsSpan(HeadBytes); count > 0; count--, entry = entry[EntryBytes..])
            {
                if (BinaryPrimitives.ReadInt64LittleEndian(entry[ProcessIdAt..]) != Environment.ProcessId) continue;
                var handle = BinaryPrimitives.ReadInt64LittleEndian(entry[HandleAt..]);
                own.Add($"{handle} of type {BinaryPrimitives.ReadInt16LittleEndian(entry[TypeAt..])}");
            }

            return [.. own];
        }

        throw new InvalidOperationException("The system has more handles than any system should.");
    }

    [LibraryImport("ntdll.dll")]
    private static partial int NtQuerySystemInformation(int kind, byte* buffer, uint bytes, uint* needed);
}
