using static System.Buffers.Binary.BinaryPrimitives;

namespace Culvert.Collector.Spool;

/// <summary>The head of a segment file; see <see cref="SegmentLayout"/>.</summary>
internal readonly record struct SegmentHeader(uint Salt, ulong Number, ulong FirstPosition, long CreatedNs)
{
    public void Write(Span<byte> target)
    {
        WriteUInt32LittleEndian(target, SegmentLayout.HeaderMagic);
        WriteUInt32LittleEndian(target[SegmentLayout.VersionOffset..], SegmentLayout.Version);
        WriteUInt32LittleEndian(target[SegmentLayout.SaltOffset..], Salt);
        WriteUInt64LittleEndian(target[SegmentLayout.NumberOffset..], Number);
        WriteUInt64LittleEndian(target[SegmentLayout.FirstPositionOffset..], FirstPosition);
        WriteInt64LittleEndian(target[SegmentLayout.CreatedOffset..], CreatedNs);
        WriteUInt32LittleEndian(target[SegmentLayout.CrcOffset..], Checksum(target));
    }

    public static bool TryRead(ReadOnlySpan<byte> source, out SegmentHeader header)
    {
        header = default;
        if (source.Length < SegmentLayout.HeaderBytes
            || ReadUInt32LittleEndian(source) != SegmentLayout.HeaderMagic
            || ReadUInt32LittleEndian(source[SegmentLayout.CrcOffset..]) != Checksum(source)
            || ReadUInt32LittleEndian(source[SegmentLayout.VersionOffset..]) != SegmentLayout.Version) return false;
        header = new SegmentHeader(
            ReadUInt32LittleEndian(source[SegmentLayout.SaltOffset..]),
            ReadUInt64LittleEndian(source[SegmentLayout.NumberOffset..]),
            ReadUInt64LittleEndian(source[SegmentLayout.FirstPositionOffset..]),
            ReadInt64LittleEndian(source[SegmentLayout.CreatedOffset..]));
        return true;
    }

    private static uint Checksum(ReadOnlySpan<byte> header) =>
        Crc32C.Compute(header[SegmentLayout.VersionOffset..SegmentLayout.HeaderBytes]);
}
