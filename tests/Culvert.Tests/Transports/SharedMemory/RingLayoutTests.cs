using Culvert.Transports.SharedMemory;

namespace Culvert.Tests.Transports.SharedMemory;

public sealed class RingLayoutTests
{
    [Fact]
    public void RingLayout_Offsets_AreWhereTheDiagramSays()
    {
        Assert.Equal(
            [0, 128, 256, 384],
            [
                RingLayout.HeadOffset, RingLayout.ReaderSleepsOffset, RingLayout.WriterSleepsOffset,
                RingLayout.HeaderBytes,
            ]);
        Assert.True(RingLayout.FieldBytes >= 2 * 64, "Two lines apart.");
    }

    [Fact]
    public void SectionLayout_Offsets_AreWhereTheDiagramSays()
    {
        Assert.Equal(
            [0, 4, 8, 12, 4096, 8192, 65536],
            [
                SectionLayout.MagicOffset, SectionLayout.VersionOffset, SectionLayout.CapacityOffset,
                SectionLayout.ReservedOffset, SectionLayout.ToListenerOffset, SectionLayout.ToClientOffset,
                SectionLayout.DataOffset,
            ]);
        Assert.Equal("CVS1"u8.ToArray(), BitConverter.GetBytes(SectionLayout.Magic));
        Assert.Equal(65536 + 2 * 131072, SectionLayout.Bytes(131072));
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(1, 16)]
    [InlineData(8, 16)]
    [InlineData(9, 24)]
    [InlineData(64, 72)]
    public void FrameBytes_OfALength_AreTheHeaderAndWholeWords(int length, long bytes) =>
        Assert.Equal(bytes, RingLayout.FrameBytes(length));

    [Fact]
    public void FrameHeader_HoldsLengthPlusOneAndTheKind()
    {
        Assert.Equal(0x0000_0002_0000_0001UL, RingLayout.FrameHeader(0, FrameKind.End));
        Assert.Equal(0x0000_0001_0000_0041UL, RingLayout.FrameHeader(64, FrameKind.Part));
    }
}
