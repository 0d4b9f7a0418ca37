using Culvert.Collector.Intake;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Culvert.Collector.Spool;

/// <summary>The header of an entry; see <see cref="EntryLayout"/>.</summary>
internal struct EntryHeader
{
    public uint PayloadCrc;
    public int OriginBytes;
    public int RecordsBytes;
    public int RecordCount;
    public ulong Position;
    public ulong GroupPosition;
    public ProducerId Producer;
    public ulong FirstSequence;
    public ulong LastSequence;
    public long ObservedNs;
    public uint ShedCount;

    public readonly ulong NextPosition => Position + (ulong)RecordCount;

    /// <summary>Bytes of the whole entry in its segment, padding included.</summary>
    public readonly int EntryBytes => EntryLayout.Align(EntryLayout.HeaderBytes + OriginBytes + RecordsBytes);

    public readonly void Write(Span<byte> target, uint salt)
    {
        WriteUInt32LittleEndian(target[EntryLayout.MagicOffset..], EntryLayout.Magic);
        WriteUInt32LittleEndian(target[EntryLayout.PayloadCrcOffset..], PayloadCrc);
        WriteInt32LittleEndian(target[EntryLayout.OriginBytesOffset..], OriginBytes);
        WriteInt32LittleEndian(target[EntryLayout.RecordsBytesOffset..], RecordsBytes);
        WriteInt32LittleEndian(target[EntryLayout.RecordCountOffset..], RecordCount);
        WriteUInt64LittleEndian(target[EntryLayout.PositionOffset..], Position);
        WriteUInt64LittleEndian(target[EntryLayout.GroupPositionOffset..], GroupPosition);
        WriteUInt128LittleEndian(target[EntryLayout.ProducerOffset..], Producer.Producer);
        WriteUInt64LittleEndian(target[EntryLayout.EpochOffset..], Producer.Epoch);
        WriteUInt64LittleEndian(target[EntryLayout.FirstSequenceOffset..], FirstSequence);
        WriteUInt64LittleEndian(target[EntryLayout.LastSequenceOffset..], LastSequence);
        WriteInt64LittleEndian(target[EntryLayout.ObservedOffset..], ObservedNs);
        WriteUInt32LittleEndian(target[EntryLayout.ShedCountOffset..], ShedCount);
        WriteUInt32LittleEndian(target[EntryLayout.ReservedOffset..], 0);
        WriteUInt32LittleEndian(target[EntryLayout.HeaderCrcOffset..], Checksum(target, salt));
    }

    /// <summary>Reads a header; false when these bytes are none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, uint salt, out EntryHeader header)
    {
        header = default;
        if (source.Length < EntryLayout.HeaderBytes
            || ReadUInt32LittleEndian(source) != EntryLayout.Magic
            || ReadUInt32LittleEndian(source[EntryLayout.HeaderCrcOffset..]) != Checksum(source, salt)) return false;
        header.PayloadCrc = ReadUInt32LittleEndian(source[EntryLayout.PayloadCrcOffset..]);
        header.OriginBytes = ReadInt32LittleEndian(source[EntryLayout.OriginBytesOffset..]);
        header.RecordsBytes = ReadInt32LittleEndian(source[EntryLayout.RecordsBytesOffset..]);
        header.RecordCount = ReadInt32LittleEndian(source[EntryLayout.RecordCountOffset..]);
        header.Position = ReadUInt64LittleEndian(source[EntryLayout.PositionOffset..]);
        header.GroupPosition = ReadUInt64LittleEndian(source[EntryLayout.GroupPositionOffset..]);
        header.Producer = new ProducerId(
            ReadUInt128LittleEndian(source[EntryLayout.ProducerOffset..]),
            ReadUInt64LittleEndian(source[EntryLayout.EpochOffset..]));
        header.FirstSequence = ReadUInt64LittleEndian(source[EntryLayout.FirstSequenceOffset..]);
        header.LastSequence = ReadUInt64LittleEndian(source[EntryLayout.LastSequenceOffset..]);
        header.ObservedNs = ReadInt64LittleEndian(source[EntryLayout.ObservedOffset..]);
        header.ShedCount = ReadUInt32LittleEndian(source[EntryLayout.ShedCountOffset..]);
        return (uint)header.OriginBytes <= SpoolLimits.OriginBytesMax
            && (uint)header.RecordsBytes <= SpoolLimits.RecordsBytesMax
            && header.RecordCount > 0;
    }

    /// <summary>The checksum of what follows a header.</summary>
    public static uint PayloadChecksum(ReadOnlySpan<byte> origin, ReadOnlySpan<byte> records, uint salt) =>
        Crc32C.Compute(records, Crc32C.Compute(origin, salt));

    private static uint Checksum(ReadOnlySpan<byte> header, uint salt) =>
        Crc32C.Compute(header[EntryLayout.PayloadCrcOffset..EntryLayout.HeaderBytes], salt);
}
