using Culvert.Collector.Intake;
using Culvert.Collector.Spool;

namespace Culvert.Collector.Tests.Spool;

public sealed class SpoolLayoutTests
{
    [Fact]
    public void Compute_TheCheckStringsOfRfc3720_GiveItsSums()
    {
        Assert.Equal(0xE3069283u, Crc32C.Compute("123456789"u8));
        Assert.Equal(0x8A9136AAu, Crc32C.Compute(new byte[32]));
        Assert.Equal(Crc32C.Compute("123456789"u8), Crc32C.Compute("6789"u8, Crc32C.Compute("12345"u8)));
    }

    [Fact]
    public void EntryLayout_Offsets_AreWhereTheDiagramSays()
    {
        int[] offsets =
        [
            EntryLayout.MagicOffset, EntryLayout.HeaderCrcOffset, EntryLayout.PayloadCrcOffset,
                EntryLayout.OriginBytesOffset,
            EntryLayout.RecordsBytesOffset, EntryLayout.RecordCountOffset, EntryLayout.PositionOffset,
            EntryLayout.GroupPositionOffset, EntryLayout.ProducerOffset, EntryLayout.EpochOffset,
            EntryLayout.FirstSequenceOffset, EntryLayout.LastSequenceOffset, EntryLayout.ObservedOffset,
            EntryLayout.ShedCountOffset, EntryLayout.ReservedOffset, EntryLayout.HeaderBytes,
        ];
        Assert.Equal([0, 4, 8, 12, 16, 20, 24, 32, 40, 56, 64, 72, 80, 88, 92, 96], offsets);
        Assert.Equal([0, 8, 8, 104], new[] { 0, 1, 8, 97 }.Select(EntryLayout.Align));
    }

    [Fact]
    public void SegmentLayout_Offsets_AreWhereTheDiagramSays()
    {
        int[] header =
        [
            SegmentLayout.MagicOffset, SegmentLayout.CrcOffset, SegmentLayout.VersionOffset, SegmentLayout.SaltOffset,
            SegmentLayout.NumberOffset, SegmentLayout.FirstPositionOffset, SegmentLayout.CreatedOffset,
                SegmentLayout.HeaderBytes,
        ];
        int[] footer =
        [
            SegmentLayout.FooterFirstPositionOffset, SegmentLayout.FooterNextPositionOffset,
                SegmentLayout.FooterRecordsOffset,
            SegmentLayout.FooterEntriesOffset, SegmentLayout.FooterDataEndOffset, SegmentLayout.FooterOldestOffset,
            SegmentLayout.FooterNewestOffset, SegmentLayout.FooterBytes,
        ];
        Assert.Equal([0, 4, 8, 12, 16, 24, 32, 40], header);
        Assert.Equal([8, 16, 24, 32, 40, 48, 56, 64], footer);
        Assert.Equal("0000000003-00000000000000000089.segment", SegmentLayout.Name(3, 89));
        Assert.True(SegmentLayout.TryParseName(SegmentLayout.Name(3, 89), out var number, out var position));
        Assert.Equal((3UL, 89UL), (number, position));
    }

    [Fact]
    public void CheckpointLayout_Offsets_AreWhereTheDiagramSays()
    {
        int[] offsets =
        [
            CheckpointLayout.MagicOffset, CheckpointLayout.CrcOffset, CheckpointLayout.GenerationOffset,
            CheckpointLayout.BytesOffset, CheckpointLayout.ReservedOffset, CheckpointLayout.ContentOffset,
        ];
        Assert.Equal([0, 4, 8, 16, 20, 24], offsets);
    }

    [Fact]
    public void Header_WrittenAndReadWithTheSalt_IsTheSame_AndAnyFlippedBitIsSeen()
    {
        var header = new EntryHeader
        {
            PayloadCrc = 1, OriginBytes = 2, RecordsBytes = 3, RecordCount = 4, Position = 5, GroupPosition = 6,
            Producer = new ProducerId(7, 8), FirstSequence = 9, LastSequence = 10, ObservedNs = 11, ShedCount = 12,
        };
        var bytes = new byte[EntryLayout.HeaderBytes];
        header.Write(bytes, salt: 99);
        Assert.Equal("CVE1"u8, bytes.AsSpan(0, 4));
        Assert.True(EntryHeader.TryRead(bytes, 99, out var read));
        Assert.Equal(header, read);
        Assert.False(EntryHeader.TryRead(bytes, 98, out _));
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            // The last four bytes are reserved but summed as well.
            Assert.False(EntryHeader.TryRead(bytes, 99, out _));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }
}
