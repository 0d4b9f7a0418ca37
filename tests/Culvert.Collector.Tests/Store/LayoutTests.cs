using System.Text;
using Culvert.Collector.Records;
using Culvert.Collector.Store;
using Culvert.Records;

namespace Culvert.Collector.Tests.Store;

public sealed class LayoutTests
{
    [Fact]
    public void Layouts_Offsets_AreTheOnesOfTheDiagrams()
    {
        Assert.Equal((0, 4, 5, 8, 12, 16),
            (BlockLayout.MagicOffset, BlockLayout.VersionOffset, BlockLayout.ColumnsOffset,
            BlockLayout.RecordsOffset, BlockLayout.ChecksumOffset, BlockLayout.DirectoryOffset));
        Assert.Equal((1, 4, 8, 12, 16), (BlockLayout.EntryCodecOffset, BlockLayout.EntryRawOffset,
            BlockLayout.EntryStoredOffset, BlockLayout.EntryChecksumOffset, BlockLayout.EntryBytes));
        Assert.Equal("CVB1", Encoding.ASCII.GetString(BitConverter.GetBytes(BlockLayout.Magic)));
        Assert.Equal(14, Enum.GetValues<ColumnId>().Length);
    }

    [Fact]
    public void SummaryLayout_EveryNumber_ReadsBackAndAnyFlippedBitIsSeen()
    {
        var bytes = BlockSummaryLayout.Write(new BlockSummary
        {
            Records = 3, FirstPosition = 7, LastPosition = 9, MinTimeNs = long.MinValue, MaxTimeNs = long.MaxValue,
            MinObservedNs = 1, MaxObservedNs = 2, IsSkewed = true, RawBytes = 99,
            Severities = [9, 17], SeverityCounts = [2, 1], Sources = [4],
        });
        Assert.Equal(64 + 2 * 8 + 4 + 4, bytes.Length);
        Assert.Equal(7, BitConverter.ToInt64(bytes, BlockSummaryLayout.FirstPositionOffset));
        var read = BlockSummaryLayout.TryRead(bytes)!;
        Assert.Equal((3, 7UL, 9UL, long.MinValue, long.MaxValue, true, 99),
            (read.Records, read.FirstPosition, read.LastPosition, read.MinTimeNs, read.MaxTimeNs, read.IsSkewed,
                read.RawBytes));
        Assert.Equal((2, 1, 3), (read.CountOf(1 << 9), read.CountOf(1 << 17), read.CountOf(uint.MaxValue)));
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.Null(BlockSummaryLayout.TryRead(bytes));
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
        }
    }

    [Fact]
    public void TokenFilter_TokensOfASet_AreAllFoundAndFewOthersAre()
    {
        var tokens = new TokenSet();
        var random = new Random(5);
        var inside = Enumerable.Range(0, 20_000).Select(_ => (ulong)random.NextInt64()).ToArray();
        foreach (var hash in inside) tokens.Add(hash);
        var filter = TokenFilter.Build(tokens);
        Assert.True(TokenFilter.IsIntact(filter));
        Assert.All(inside, hash => Assert.True(TokenFilter.MayContain(filter, hash)));
        var falsePositives = Enumerable.Range(0, 100_000).Count(_ => TokenFilter.MayContain(
            filter, (ulong)random.NextInt64()));
        Assert.InRange(falsePositives, 1, 300);
        filter[1000] ^= 1;
        Assert.False(TokenFilter.IsIntact(filter));
    }

    [Theory]
    [InlineData((byte)BlockCodec.Zstd)]
    [InlineData((byte)BlockCodec.Brotli)]
    [InlineData((byte)BlockCodec.None)]
    public void Block_AnyByteChanged_IsDamagedOrReadsTheSame(byte codec)
    {
        if ((BlockCodec)codec == BlockCodec.Zstd && !Zstd.IsAvailable)
            Assert.Skip("libzstd.so.1 is not on this system");
        using var builder = new BlockBuilder((BlockCodec)codec);
        var source = Source.From(AttributeWriter.Encode([]), AttributeWriter.Encode([new("service.name", "api")]));
        for (var i = 0; i < 50; i++)
        {
            builder.Add(new StoredRecord
            {
                Position = (ulong)(10 + i * i), TimeNs = 1_000 - i, ObservedNs = 5, Severity = Severity.Info,
                Flags = RecordFlags.Logger, Source = source, Logger = "a.logger"u8,
                Body = Encoding.UTF8.GetBytes("the body of record " + i),
                Attributes = AttributeList.Read(AttributeWriter.Encode([new("n", i)])),
            }, 1);
        }

        var block = new EncodedBlock();
        builder.Build(block);
        var bytes = block.Columns.Written.ToArray();
        using var reader = new BlockReader();
        var wanted = ReadAll(reader, bytes, block.Summary, source);
        Assert.Contains("the body of record 49", wanted, StringComparison.Ordinal);
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 0x10;
            try
            {
                Assert.Equal(wanted, ReadAll(reader, bytes, block.Summary, source));
            }
            catch (BlockDamagedException)
            {
                // The one way in which damage may show.
            }

            bytes[i] ^= 0x10;
        }
    }

    private static string ReadAll(BlockReader reader, byte[] bytes, BlockSummary summary, Source source)
    {
        reader.Open(bytes, summary, [source]);
        reader.Load(ColumnSet.All);
        var text = new StringBuilder();
        for (var i = 0; i < reader.Records; i++)
        {
            var record = reader.Get(i);
            text.Append(record.Position).Append(record.TimeNs).Append(Encoding.UTF8.GetString(record.Logger))
                .Append(Encoding.UTF8.GetString(record.Body)).Append(record.Attributes.Count);
        }

        return text.ToString();
    }
}
