namespace Culvert.Collector.Spool;

/// <summary>
/// The checkpoint file: two slots of the same size, written in turn, so that a torn write spoils only the older one.
/// Little-endian; written by the committer alone; made at its full size, so that writing it later takes no new space
/// on file systems that write in place, also when the disk is full.
/// <code>
/// slot   0 magic u32 | 4 crc u32 | 8 generation u64 | 16 bytes u32 | 20 reserved u32 | 24 content (SpoolCheckpoint)
/// file   slot 0 at 0 | slot 1 at SpoolLimits.CheckpointSlotBytes
/// </code>
/// crc is CRC-32C over generation, bytes, reserved and the content. The valid slot with the higher generation counts.
/// </summary>
internal static class CheckpointLayout
{
    /// <summary>"CVC1" as text.</summary>
    public const uint Magic = 0x31_43_56_43;

    public const string FileName = "checkpoint";

    public const int MagicOffset = 0;
    public const int CrcOffset = MagicOffset + sizeof(uint);
    public const int GenerationOffset = CrcOffset + sizeof(uint);
    public const int BytesOffset = GenerationOffset + sizeof(ulong);
    public const int ReservedOffset = BytesOffset + sizeof(uint);
    public const int ContentOffset = ReservedOffset + sizeof(uint);

    public const int SlotCount = 2;
    public const int ContentBytesMax = SpoolLimits.CheckpointSlotBytes - ContentOffset;
}
