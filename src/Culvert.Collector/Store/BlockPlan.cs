namespace Culvert.Collector.Store;

/// <summary>
/// Divides what a commit writes into blocks: a source with enough records gets its own; the others share. A shared
/// block takes in the small blocks before it as long as they are at most twice its size, so that a record is written
/// again at most about log2(4096) times and a quiet system keeps a dozen small blocks, never thousands.
/// </summary>
internal static class BlockPlan
{
    public static List<BlockJob> Make(PendingRecords pending, int[] ends, SmallBlocks small)
    {
        var jobs = new List<BlockJob>();
        // Order: own blocks of each group, then the shared ones; a shared block is a run of neighbouring groups of one
        // kind.
        var (runStart, runSkewed) = (-1, false);
        for (var (group, start) = (0, 0); group < ends.Length; start = ends[group++])
        {
            var (end, isSkewed) = (ends[group], pending.IsGroupSkewed(group));
            var isOwn = end - start >= StoreLimits.OwnBlockRecordsMin;
            if (runStart >= 0 && (isOwn || isSkewed != runSkewed || end - runStart > StoreLimits.BlockRecordsMax))
            {
                jobs.Add(Share(runStart, start, runSkewed, small));
                runStart = -1;
            }

            if (isOwn) Split(jobs, start, end, isSkewed);
            else if (runStart < 0) (runStart, runSkewed) = (start, isSkewed);
        }

        if (runStart >= 0) jobs.Add(Share(runStart, ends[^1], runSkewed, small));
        return jobs;
    }

    private static void Split(List<BlockJob> jobs, int start, int end, bool isSkewed)
    {
        var parts = (end - start + StoreLimits.BlockRecordsMax - 1) / StoreLimits.BlockRecordsMax;
        for (var i = 0; i < parts; i++)
        {
            var next = start + (end - start) / (parts - i);
            jobs.Add(new BlockJob { Start = start, End = next, IsSkewed = isSkewed });
            start = next;
        }
    }

    private static BlockJob Share(int start, int end, bool isSkewed, SmallBlocks small) =>
        new() { Start = start, End = end, IsSkewed = isSkewed, Merges = small.Take(end - start, isSkewed) };
}
