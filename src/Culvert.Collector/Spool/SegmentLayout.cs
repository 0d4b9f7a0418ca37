using System.Globalization;

namespace Culvert.Collector.Spool;

/// <summary>
/// A segment: a file of entries in the order of their positions. Little-endian; written by the committer alone.
/// <code>
/// header   0 magic u32 | 4 crc u32 | 8 version u32 | 12 salt u32 | 16 number u64 | 24 firstPosition u64 | 32 createdNs
/// i64 entries  see EntryLayout
/// footer   0 magic u32 | 4 crc u32 | 8 firstPosition u64 | 16 nextPosition u64 | 24 records u64 | 32 entries u64
///          40 dataEnd i64 | 48 oldestObservedNs i64 | 56 newestObservedNs i64       only in a sealed segment, its last
/// bytes
/// </code>
/// Both checksums are CRC-32C over what follows them. The name is <c>number-firstPosition.segment</c>, so a listing of
/// the folder is enough to know what lies where; numbers only grow. An entry whose position is not below the first
/// position of the next segment was never acknowledged and is not there.
/// </summary>
internal static class SegmentLayout
{
    /// <summary>"CVS1" as text.</summary>
    public const uint HeaderMagic = 0x31_53_56_43;

    /// <summary>"CVF1" as text.</summary>
    public const uint FooterMagic = 0x31_46_56_43;

    public const uint Version = 1;

    public const int MagicOffset = 0;
    public const int CrcOffset = MagicOffset + sizeof(uint);
    public const int VersionOffset = CrcOffset + sizeof(uint);
    public const int SaltOffset = VersionOffset + sizeof(uint);
    public const int NumberOffset = SaltOffset + sizeof(uint);
    public const int FirstPositionOffset = NumberOffset + sizeof(ulong);
    public const int CreatedOffset = FirstPositionOffset + sizeof(ulong);
    public const int HeaderBytes = CreatedOffset + sizeof(long);

    public const int FooterFirstPositionOffset = CrcOffset + sizeof(uint);
    public const int FooterNextPositionOffset = FooterFirstPositionOffset + sizeof(ulong);
    public const int FooterRecordsOffset = FooterNextPositionOffset + sizeof(ulong);
    public const int FooterEntriesOffset = FooterRecordsOffset + sizeof(ulong);
    public const int FooterDataEndOffset = FooterEntriesOffset + sizeof(ulong);
    public const int FooterOldestOffset = FooterDataEndOffset + sizeof(long);
    public const int FooterNewestOffset = FooterOldestOffset + sizeof(long);
    public const int FooterBytes = FooterNewestOffset + sizeof(long);

    private const string Suffix = ".segment";

    public static string Name(ulong number, ulong firstPosition) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:D10}-{firstPosition:D20}{Suffix}");

    public static bool TryParseName(string name, out ulong number, out ulong firstPosition)
    {
        number = firstPosition = 0;
        if (!name.EndsWith(Suffix, StringComparison.Ordinal)) return false;
        var parts = name[..^Suffix.Length].Split('-');
        return parts.Length == 2
            && ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out firstPosition);
    }
}
