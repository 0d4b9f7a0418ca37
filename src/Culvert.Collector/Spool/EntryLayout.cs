namespace Culvert.Collector.Spool;

/// <summary>
/// One entry of a segment: a batch of records with its header. Little-endian; written once, by the committer; begins at
/// a multiple of 8 bytes.
/// <code>
///  0               4               8               12              16
///  +---------------+---------------+---------------+---------------+
///  | magic         | headerCrc     | payloadCrc    | originBytes   |
///  +---------------+---------------+---------------+---------------+
///  | recordsBytes  | recordCount   | position                      |
///  +---------------+---------------+-------------------------------+
///  | groupPosition                 | producer                      |
///  +-------------------------------+-------------------------------+
///  | producer, continued           | epoch                         |
///  +-------------------------------+-------------------------------+
///  | firstSequence                 | lastSequence                  |
///  +-------------------------------+---------------+---------------+
///  | observedNs                    | shedCount     | reserved, 0   |
///  +-------------------------------+---------------+---------------+
///  | origin | records | zeros up to a multiple of 8                |
///  +---------------------------------------------------------------+
/// </code>
/// headerCrc is CRC-32C over the header from payloadCrc on, payloadCrc over origin and records; both are seeded with
/// the spool's salt, so that bytes inside a record that look like an entry are not taken for one after damage.
/// groupPosition is the position of the first record of the group that was written by the same fsync: all below it was
/// durable before this entry was written, which is how recovery tells damage from a torn tail.
/// shedCount is how many records of the producer were shed (disk full) since its entry before.
/// </summary>
internal static class EntryLayout
{
    /// <summary>"CVE1" as text.</summary>
    public const uint Magic = 0x31_45_56_43;

    public const int MagicOffset = 0;
    public const int HeaderCrcOffset = MagicOffset + sizeof(uint);
    public const int PayloadCrcOffset = HeaderCrcOffset + sizeof(uint);
    public const int OriginBytesOffset = PayloadCrcOffset + sizeof(uint);
    public const int RecordsBytesOffset = OriginBytesOffset + sizeof(uint);
    public const int RecordCountOffset = RecordsBytesOffset + sizeof(uint);
    public const int PositionOffset = RecordCountOffset + sizeof(uint);
    public const int GroupPositionOffset = PositionOffset + sizeof(ulong);
    public const int ProducerOffset = GroupPositionOffset + sizeof(ulong);
    public const int EpochOffset = ProducerOffset + 16;
    public const int FirstSequenceOffset = EpochOffset + sizeof(ulong);
    public const int LastSequenceOffset = FirstSequenceOffset + sizeof(ulong);
    public const int ObservedOffset = LastSequenceOffset + sizeof(ulong);
    public const int ShedCountOffset = ObservedOffset + sizeof(long);
    public const int ReservedOffset = ShedCountOffset + sizeof(uint);
    public const int HeaderBytes = ReservedOffset + sizeof(uint);

    /// <summary>Where entries begin: at multiples of this.</summary>
    public const int Alignment = 8;

    public static int Align(int bytes) => (bytes + Alignment - 1) & -Alignment;
}
