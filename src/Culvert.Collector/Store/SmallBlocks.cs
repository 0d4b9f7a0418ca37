namespace Culvert.Collector.Store;

/// <summary>The small blocks at the end of the newest file, which a later commit may merge. One thread at a
/// time.</summary>
internal sealed class SmallBlocks
{
    private readonly List<BlockEntry> _normal = [];
    private readonly List<BlockEntry> _skewed = [];

    /// <summary>Takes out, oldest first, the blocks with which a block of so many records should be merged.</summary>
    public BlockEntry[] Take(int records, bool isSkewed)
    {
        var blocks = isSkewed ? _skewed : _normal;
        var first = blocks.Count;
        var bytes = 0;
        while (first > 0 && Fits(blocks[first - 1].Summary, records, bytes))
        {
            first--;
            records += blocks[first].Summary.Records;
            bytes += blocks[first].Summary.RawBytes;
        }

        var taken = blocks.GetRange(first, blocks.Count - first);
        blocks.RemoveRange(first, blocks.Count - first);
        return [.. taken];
    }

    /// <summary>Remembers a block when it is small.</summary>
    public void Add(BlockEntry block)
    {
        if (block.Summary.Records * 2 > StoreLimits.BlockRecordsMax) return;
        (block.Summary.IsSkewed ? _skewed : _normal).Add(block);
    }

    public void Reset(IEnumerable<BlockEntry> blocks)
    {
        _normal.Clear();
        _skewed.Clear();
        foreach (var block in blocks) Add(block);
    }

    private static bool Fits(BlockSummary previous, int records, int bytes) =>
        previous.Records <= 2 * records
        && previous.Records + records <= StoreLimits.BlockRecordsMax
        && previous.RawBytes + bytes <= StoreLimits.BlockBytesTarget;
}
