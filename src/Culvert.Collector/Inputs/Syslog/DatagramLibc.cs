using System.Runtime.InteropServices;
using Culvert.Transports.Linux;

namespace Culvert.Collector.Inputs.Syslog;

/// <summary>
/// The calls of Linux that receive many datagrams at once with the sender's credentials, beside those that the
/// transports need (<see cref="Libc"/>); sources: recvmmsg(2), unix(7), socket(7). The structures are those of 64-bit
/// systems.
/// </summary>
internal static unsafe partial class DatagramLibc
{
    public const int OptionReceiveBufferForce = 33;
    public const int OptionMemoryInfo = 55;
    public const int MemoryInfoDrops = 8;
    public const short PollIn = 1;

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int ReceiveMany(
        SafeHandle socket, MultiHeader* headers, uint count, int flags, void* timeout);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, ulong count, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int CreateEvent(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, void* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetOption(SafeHandle socket, int level, int option, void* value, uint* length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(SafeHandle socket, int level, int option, void* value, uint length);

    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Seen;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct MultiHeader
    {
        public Libc.MessageHeader Header;
        public uint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Control
    {
        public nuint Length;
        public int Level;
        public int Type;
    }
}
