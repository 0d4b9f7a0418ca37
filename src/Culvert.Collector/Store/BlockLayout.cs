using System.Buffers.Binary;
using Culvert.Collector.Spool;

namespace Culvert.Collector.Store;

/// <summary>
/// How a block's columns lie in their row. Little-endian. Written once by the store's writer, never changed.
/// <code>
///  0  magic u32         "CVB1"
///  4  version u8        1
///  5  columns u8        entries of the directory
///  6  reserved u16      0
///  8  records u32
/// 12  checksum u32      CRC-32C of bytes 0 to 11 and of the directory
/// 16  directory         16 bytes a column, in the order of the columns' numbers; an empty column is left out
///       0  column u8    ColumnId
///       1  codec u8     BlockCodec
///       2  reserved u16 0
///       4  raw u32      bytes before compression
///       8  stored u32   bytes as they lie here
///      12  checksum u32 CRC-32C of the stored bytes
///     columns           one after the other
/// </code>
/// Each column has its own checksum and codec, so that a search reads, checks and decompresses only what it needs.
/// </summary>
internal static class BlockLayout
{
    public const uint Magic = 0x31425643;
    public const byte Version = 1;
    public const int ColumnCount = 14;

    public const int MagicOffset = 0;
    public const int VersionOffset = MagicOffset + sizeof(uint);
    public const int ColumnsOffset = VersionOffset + sizeof(byte);
    public const int RecordsOffset = ColumnsOffset + sizeof(byte) + sizeof(ushort);
    public const int ChecksumOffset = RecordsOffset + sizeof(uint);
    public const int DirectoryOffset = ChecksumOffset + sizeof(uint);

    public const int EntryCodecOffset = sizeof(byte);
    public const int EntryRawOffset = EntryCodecOffset + sizeof(byte) + sizeof(ushort);
    public const int EntryStoredOffset = EntryRawOffset + sizeof(uint);
    public const int EntryChecksumOffset = EntryStoredOffset + sizeof(uint);
    public const int EntryBytes = EntryChecksumOffset + sizeof(uint);

    public static void WriteHeader(Span<byte> block, int columns, int records)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(block[MagicOffset..], Magic);
        block[VersionOffset] = Version;
        block[ColumnsOffset] = (byte)columns;
        block[(ColumnsOffset + 1)..RecordsOffset].Clear();
        BinaryPrimitives.WriteInt32LittleEndian(block[RecordsOffset..], records);
    }

    public static void WriteEntry(
        Span<byte> entry, ColumnId column, BlockCodec codec, int raw, ReadOnlySpan<byte> stored)
    {
        entry[0] = (byte)column;
        entry[EntryCodecOffset] = (byte)codec;
        entry[(EntryCodecOffset + 1)..EntryRawOffset].Clear();
        BinaryPrimitives.WriteInt32LittleEndian(entry[EntryRawOffset..], raw);
        BinaryPrimitives.WriteInt32LittleEndian(entry[EntryStoredOffset..], stored.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[EntryChecksumOffset..], Crc32C.Compute(stored));
    }

    /// <summary>Writes the checksum, after the header and the directory.</summary>
    public static void Seal(Span<byte> block) =>
        BinaryPrimitives.WriteUInt32LittleEndian(block[ChecksumOffset..], HeadChecksum(block));

    public static bool IsHeadIntact(ReadOnlySpan<byte> block) =>
        block.Length >= DirectoryOffset
        && BinaryPrimitives.ReadUInt32LittleEndian(block[MagicOffset..]) == Magic
        && block[VersionOffset] == Version
        && block[ColumnsOffset] <= ColumnCount
        && block.Length >= DirectoryOffset + block[ColumnsOffset] * EntryBytes
        && BinaryPrimitives.ReadUInt32LittleEndian(block[ChecksumOffset..]) == HeadChecksum(block);

    private static uint HeadChecksum(ReadOnlySpan<byte> block)
    {
        var directoryBytes = block[ColumnsOffset] * EntryBytes;
        Span<byte> head = stackalloc byte[ChecksumOffset + ColumnCount * EntryBytes];
        block[..ChecksumOffset].CopyTo(head);
        block.Slice(DirectoryOffset, directoryBytes).CopyTo(head[ChecksumOffset..]);
        return Crc32C.Compute(head[..(ChecksumOffset + directoryBytes)]);
    }
}
