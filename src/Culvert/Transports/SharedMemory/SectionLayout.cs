namespace Culvert.Transports.SharedMemory;

/// <summary>
/// The memory that two processes share for one connection. Made by the listener, never grown or shrunk. Little-endian.
/// <code>
/// 0      magic u32 | 4 version u32 | 8 ring capacity u32 | 12 reserved u32     by the listener, before it is shared
/// 4096   header of the ring from the client to the listener (RingLayout)
/// 8192   header of the ring from the listener to the client
/// 65536  data of the first ring, capacity bytes, then data of the second
/// </code>
/// The data begin at 64 KiB, which is a whole number of pages on every system and Windows' unit of mapping, so that
/// each ring can be mapped twice in a row.
/// </summary>
internal static class SectionLayout
{
    /// <summary>"CVS1" as text.</summary>
    public const uint Magic = 0x31_53_56_43;

    public const uint Version = 1;

    public const int MagicOffset = 0;
    public const int VersionOffset = MagicOffset + sizeof(uint);
    public const int CapacityOffset = VersionOffset + sizeof(uint);
    public const int ReservedOffset = CapacityOffset + sizeof(uint);

    public const int ToListenerOffset = 4096;
    public const int ToClientOffset = ToListenerOffset + 4096;
    public const int DataOffset = 64 * 1024;

    public static long Bytes(int capacity) => DataOffset + 2L * capacity;
}
