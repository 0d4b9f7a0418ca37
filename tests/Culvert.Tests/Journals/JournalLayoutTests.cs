using Culvert.Journals;

namespace Culvert.Tests.Journals;

/// <summary>Every offset of the file, as docs/journal.md gives it.</summary>
public sealed class JournalLayoutTests
{
    [Fact]
    public void Header_Offsets_AreThoseOfTheDocument()
    {
        Assert.Equal(
            [0, 4, 8, 16, 32, 40, 44, 128, 256, 384, 392, 400, 512, 640, 768, 776, 4096, 65536, 262144],
            [
                JournalLayout.MagicOffset, JournalLayout.VersionOffset, JournalLayout.CapacityOffset,
                JournalLayout.ProducerOffset, JournalLayout.EpochOffset, JournalLayout.ProcessOffset,
                JournalLayout.ResourceBytesOffset, JournalLayout.TailOffset, JournalLayout.DroppedOffset,
                JournalLayout.ConsumedOffset, JournalLayout.ConsumedSequenceOffset,
                JournalLayout.ConsumedRecordsOffset, JournalLayout.FreeOffset, JournalLayout.FreeAgainOffset,
                JournalLayout.ShapesBytesOffset, JournalLayout.FieldsEnd, JournalLayout.ResourceOffset,
                JournalLayout.ShapesOffset, JournalLayout.DataOffset,
            ]);
        Assert.Equal("CVJ1"u8.ToArray(), BitConverter.GetBytes(JournalLayout.Magic));
        Assert.Equal(16, JournalLayout.FrameHeaderBytes);
        Assert.Equal(4, JournalLayout.FrameShapeOffset);
        Assert.Equal(8, JournalLayout.FrameSequenceOffset);
        Assert.True(JournalLayout.DroppedOffset + 6 * sizeof(ulong) <= JournalLayout.ConsumedOffset);
        Assert.True(2UL * JournalLimits.CapacityMax <= (1UL << JournalLayout.PositionBits) * 8);
        Assert.Equal(64, 1 + JournalLayout.SequenceBits + JournalLayout.PositionBits);
    }

    [Theory]
    [InlineData(0, 16)]
    [InlineData(1, 24)]
    [InlineData(8, 24)]
    [InlineData(9, 32)]
    public void FrameBytes_OfContent_IsAMultipleOfEight(int content, int frame) =>
        Assert.Equal(frame, JournalLayout.FrameBytes(content));

    [Fact]
    public void Tail_FromWhatIsKnown_GivesPositionAndSequenceBack()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var i = 0; i < 10_000; i++)
        {
            var position = (ulong)random.NextInt64(1L << 60) * 8;
            var sequence = (ulong)random.NextInt64(1L << 60);
            var tail = JournalLayout.Tail(position, sequence);
            var below = (ulong)random.NextInt64(1L << 28) * 8 % (position + 1) / 8 * 8;
            Assert.Equal(position, JournalLayout.PositionOf(tail, position - below));
            var behind = (ulong)random.NextInt64(1L << 35) % (sequence + 1);
            Assert.Equal(sequence, JournalLayout.SequenceOf(tail, sequence - behind));
            Assert.True(tail < JournalLayout.Closed);
        }
    }
}
