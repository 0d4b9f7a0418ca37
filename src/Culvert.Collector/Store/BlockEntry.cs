namespace Culvert.Collector.Store;

/// <summary>A block of a file: the row's id and what is known of it.</summary>
internal sealed record BlockEntry(long Id, BlockSummary Summary)
{
    /// <summary>Reads the rows of <c>id, summary</c>; those whose summary is damaged are left out and
    /// counted.</summary>
    public static List<BlockEntry> ReadAll(SqliteStatement select, out int damaged)
    {
        damaged = 0;
        var blocks = new List<BlockEntry>();
        while (select.Step())
        {
            if (BlockSummaryLayout.TryRead(select.Blob(1)) is { } summary)
                blocks.Add(new BlockEntry(select.Int64(0), summary));
            else damaged++;
        }

        return blocks;
    }
}
