using System.Buffers.Binary;
using Culvert.Collector.Records;
using Culvert.Collector.Spool;
using Culvert.Collector.Store;

namespace Culvert.Fuzz.Targets;

/// <summary>A block of the store, as it may lie in a damaged file. The checksums are made right before it is read, so
/// that what lies behind them is reached.</summary>
internal sealed class BlockTarget : IFuzzTarget, IDisposable
{
    private readonly byte[] _block;
    private readonly BlockSummary _summary;
    private readonly Source[] _sources;
    private readonly BlockReader _reader = new();

    public BlockTarget()
    {
        using var builder = new BlockBuilder(BlockCodec.None);
        var sources = new List<Source>();
        Samples.EachRecord((in record) =>
        {
            if (!sources.Contains(record.Source)) sources.Add(record.Source);
            builder.Add(record, sources.IndexOf(record.Source));
        });
        var block = new EncodedBlock();
        builder.Build(block);
        (_block, _summary, _sources) = (block.Columns.Written.ToArray(), block.Summary, [.. sources]);
    }

    public string Name => "block";

    public IEnumerable<byte[]> Seeds => [_block];

    public void Run(ReadOnlySpan<byte> input)
    {
        var block = input.ToArray();
        Seal(block);
        try
        {
            _reader.Open(block, _summary, _sources);
            _reader.Load(ColumnSet.All);
            for (var i = 0; i < _reader.Records; i++)
            {
                var record = _reader.Get(i);
                _ = record.Body.Length + record.Template.Length + record.Trace.Length;
                foreach (var attribute in record.Attributes) _ = attribute.Key.Length + attribute.Value.Length;
            }
        }
        catch (BlockDamagedException)
        {
            // What its callers count.
        }
    }

    public void Dispose() => _reader.Dispose();

    private static void Seal(Span<byte> block)
    {
        if (block.Length < BlockLayout.DirectoryOffset) return;
        var columns = Math.Min((int)block[BlockLayout.ColumnsOffset], BlockLayout.ColumnCount);
        var at = BlockLayout.DirectoryOffset + columns * BlockLayout.EntryBytes;
        if (at > block.Length) return;
        for (var i = 0; i < columns; i++)
        {
            var entry = block[(BlockLayout.DirectoryOffset + i * BlockLayout.EntryBytes)..];
            var stored = BinaryPrimitives.ReadInt32LittleEndian(entry[BlockLayout.EntryStoredOffset..]);
            if (stored < 0 || stored > block.Length - at) break;
            BinaryPrimitives.WriteUInt32LittleEndian(
                entry[BlockLayout.EntryChecksumOffset..], Crc32C.Compute(block.Slice(at, stored)));
            at += stored;
        }

        if (block[BlockLayout.ColumnsOffset] <= BlockLayout.ColumnCount) BlockLayout.Seal(block);
    }
}
