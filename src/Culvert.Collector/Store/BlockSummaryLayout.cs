using System.Buffers.Binary;
using Culvert.Collector.Spool;

namespace Culvert.Collector.Store;

/// <summary>
/// How a block's summary lies in its row. Little-endian. Written once with its block.
/// <code>
///  0  version u8           1
///  1  flags u8             1 = skewed clocks
///  2  severityCount u16    at most 256
///  4  sourceCount u32
///  8  records u32
/// 12  rawBytes u32
/// 16  firstPosition u64
/// 24  lastPosition u64
/// 32  minTime i64          ns since 1970 UTC
/// 40  maxTime i64
/// 48  minObserved i64
/// 56  maxObserved i64
/// 64  severityCount x (severity u8, 0 u8, 0 u16, count u32)
///     sourceCount x source u32
///     checksum u32         CRC-32C of all before it
/// </code>
/// </summary>
internal static class BlockSummaryLayout
{
    public const byte Version = 1;
    public const int FlagsOffset = 1;
    public const int SeverityCountOffset = 2;
    public const int SourceCountOffset = 4;
    public const int RecordsOffset = 8;
    public const int RawBytesOffset = 12;
    public const int FirstPositionOffset = 16;
    public const int LastPositionOffset = 24;
    public const int MinTimeOffset = 32;
    public const int MaxTimeOffset = 40;
    public const int MinObservedOffset = 48;
    public const int MaxObservedOffset = 56;
    public const int HeadBytes = 64;
    public const int SeverityBytes = 8;
    public const int SourceBytes = 4;
    public const int ChecksumBytes = 4;

    public static byte[] Write(BlockSummary summary)
    {
        var bytes = new byte[Size(summary.Severities.Length, summary.Sources.Length)];
        var span = bytes.AsSpan();
        span[0] = Version;
        span[FlagsOffset] = summary.IsSkewed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt16LittleEndian(span[SeverityCountOffset..], (ushort)summary.Severities.Length);
        BinaryPrimitives.WriteInt32LittleEndian(span[SourceCountOffset..], summary.Sources.Length);
        BinaryPrimitives.WriteInt32LittleEndian(span[RecordsOffset..], summary.Records);
        BinaryPrimitives.WriteInt32LittleEndian(span[RawBytesOffset..], summary.RawBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(span[FirstPositionOffset..], summary.FirstPosition);
        BinaryPrimitives.WriteUInt64LittleEndian(span[LastPositionOffset..], summary.LastPosition);
        BinaryPrimitives.WriteInt64LittleEndian(span[MinTimeOffset..], summary.MinTimeNs);
        BinaryPrimitives.WriteInt64LittleEndian(span[MaxTimeOffset..], summary.MaxTimeNs);
        BinaryPrimitives.WriteInt64LittleEndian(span[MinObservedOffset..], summary.MinObservedNs);
        BinaryPrimitives.WriteInt64LittleEndian(span[MaxObservedOffset..], summary.MaxObservedNs);
        var at = HeadBytes;
        for (var i = 0; i < summary.Severities.Length; i++, at += SeverityBytes)
        {
            span[at] = summary.Severities[i];
            BinaryPrimitives.WriteInt32LittleEndian(span[(at + 4)..], summary.SeverityCounts[i]);
        }

        foreach (var source in summary.Sources)
        {
            BinaryPrimitives.WriteInt32LittleEndian(span[at..], source);
            at += SourceBytes;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(span[at..], Crc32C.Compute(span[..at]));
        return bytes;
    }

    /// <summary>Null when the bytes are no intact summary.</summary>
    public static BlockSummary? TryRead(ReadOnlySpan<byte> span)
    {
        if (span.Length < HeadBytes + ChecksumBytes || span[0] != Version) return null;
        var severityCount = BinaryPrimitives.ReadUInt16LittleEndian(span[SeverityCountOffset..]);
        var sourceCount = BinaryPrimitives.ReadInt32LittleEndian(span[SourceCountOffset..]);
        if (severityCount > 256 || sourceCount is < 0 or > StoreLimits.BlockRecordsMax) return null;
        if (span.Length != Size(severityCount, sourceCount)) return null;
        var checksumAt = span.Length - ChecksumBytes;
        if (BinaryPrimitives.ReadUInt32LittleEndian(span[checksumAt..]) != Crc32C.Compute(span[..checksumAt]))
            return null;
        return Read(span, severityCount, sourceCount);
    }

    private static BlockSummary Read(ReadOnlySpan<byte> span, int severityCount, int sourceCount)
    {
        var (severities, counts, sources) = (new byte[severityCount], new int[severityCount], new int[sourceCount]);
        var at = HeadBytes;
        for (var i = 0; i < severityCount; i++, at += SeverityBytes)
        {
            severities[i] = span[at];
            counts[i] = BinaryPrimitives.ReadInt32LittleEndian(span[(at + 4)..]);
        }

        for (var i = 0; i < sourceCount; i++, at += SourceBytes)
            sources[i] = BinaryPrimitives.ReadInt32LittleEndian(span[at..]);
        return new BlockSummary
        {
            Records = BinaryPrimitives.ReadInt32LittleEndian(span[RecordsOffset..]),
            RawBytes = BinaryPrimitives.ReadInt32LittleEndian(span[RawBytesOffset..]),
            FirstPosition = BinaryPrimitives.ReadUInt64LittleEndian(span[FirstPositionOffset..]),
            LastPosition = BinaryPrimitives.ReadUInt64LittleEndian(span[LastPositionOffset..]),
            MinTimeNs = BinaryPrimitives.ReadInt64LittleEndian(span[MinTimeOffset..]),
            MaxTimeNs = BinaryPrimitives.ReadInt64LittleEndian(span[MaxTimeOffset..]),
            MinObservedNs = BinaryPrimitives.ReadInt64LittleEndian(span[MinObservedOffset..]),
            MaxObservedNs = BinaryPrimitives.ReadInt64LittleEndian(span[MaxObservedOffset..]),
            IsSkewed = (span[FlagsOffset] & 1) != 0,
            Severities = severities,
            SeverityCounts = counts,
            Sources = sources,
        };
    }

    private static int Size(int severities, int sources) =>
        HeadBytes + severities * SeverityBytes + sources * SourceBytes + ChecksumBytes;
}
