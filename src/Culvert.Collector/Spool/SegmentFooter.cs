using static System.Buffers.Binary.BinaryPrimitives;

namespace Culvert.Collector.Spool;

/// <summary>What stands at the end of a sealed segment; see <see cref="SegmentLayout"/>.</summary>
/// <param name="FirstPosition">Position of the segment's first record.</param>
/// <param name="NextPosition">Position behind its last.</param>
/// <param name="Records">How many records its entries hold.</param>
/// <param name="Entries">How many entries.</param>
/// <param name="DataEnd">Offset behind the last entry.</param>
/// <param name="OldestObservedNs">The first time at which one of them was received.</param>
/// <param name="NewestObservedNs">The last.</param>
internal readonly record struct SegmentFooter(
    ulong FirstPosition, ulong NextPosition, ulong Records, ulong Entries, long DataEnd, long OldestObservedNs,
    long NewestObservedNs)
{
    public void Write(Span<byte> target)
    {
        WriteUInt32LittleEndian(target, SegmentLayout.FooterMagic);
        WriteUInt64LittleEndian(target[SegmentLayout.FooterFirstPositionOffset..], FirstPosition);
        WriteUInt64LittleEndian(target[SegmentLayout.FooterNextPositionOffset..], NextPosition);
        WriteUInt64LittleEndian(target[SegmentLayout.FooterRecordsOffset..], Records);
        WriteUInt64LittleEndian(target[SegmentLayout.FooterEntriesOffset..], Entries);
        WriteInt64LittleEndian(target[SegmentLayout.FooterDataEndOffset..], DataEnd);
        WriteInt64LittleEndian(target[SegmentLayout.FooterOldestOffset..], OldestObservedNs);
        WriteInt64LittleEndian(target[SegmentLayout.FooterNewestOffset..], NewestObservedNs);
        WriteUInt32LittleEndian(target[SegmentLayout.CrcOffset..], Checksum(target));
    }

    public static bool TryRead(ReadOnlySpan<byte> source, out SegmentFooter footer)
    {
        footer = default;
        if (source.Length < SegmentLayout.FooterBytes
            || ReadUInt32LittleEndian(source) != SegmentLayout.FooterMagic
            || ReadUInt32LittleEndian(source[SegmentLayout.CrcOffset..]) != Checksum(source)) return false;
        footer = new SegmentFooter(
            ReadUInt64LittleEndian(source[SegmentLayout.FooterFirstPositionOffset..]),
            ReadUInt64LittleEndian(source[SegmentLayout.FooterNextPositionOffset..]),
            ReadUInt64LittleEndian(source[SegmentLayout.FooterRecordsOffset..]),
            ReadUInt64LittleEndian(source[SegmentLayout.FooterEntriesOffset..]),
            ReadInt64LittleEndian(source[SegmentLayout.FooterDataEndOffset..]),
            ReadInt64LittleEndian(source[SegmentLayout.FooterOldestOffset..]),
            ReadInt64LittleEndian(source[SegmentLayout.FooterNewestOffset..]));
        return true;
    }

    private static uint Checksum(ReadOnlySpan<byte> footer) =>
        Crc32C.Compute(footer[SegmentLayout.FooterFirstPositionOffset..SegmentLayout.FooterBytes]);
}
