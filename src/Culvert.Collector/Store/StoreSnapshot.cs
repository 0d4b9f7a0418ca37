namespace Culvert.Collector.Store;

/// <summary>The store at one moment: the blocks, and the cursor at which the unblocked tail begins. Holds the newest
/// file's transaction open, so that no block it lists disappears. Dispose gives all back.</summary>
internal sealed class StoreSnapshot(
    StoredBlock[] blocks, ulong cursor, StoreMeta meta, StoreFileView? newest,
    IReadOnlyList<ReadConnection> newestConnections)
    : IDisposable
{
    public StoredBlock[] Blocks { get; } = blocks;

    /// <summary>All below is in <see cref="Blocks"/> or gone; all from here on is in the spool.</summary>
    public ulong Cursor { get; } = cursor;

    /// <summary>The newest file's numbers.</summary>
    public StoreMeta Meta { get; } = meta;

    /// <summary>How many workers can read at once.</summary>
    public int Workers => Math.Max(1, newestConnections.Count);

    /// <summary>What one worker reads with.</summary>
    public BlockSession OpenSession(int worker, SearchReport report, StoreContext context) =>
        new(newest, newest is null ? null : newestConnections[worker], report, context);

    public void Dispose()
    {
        foreach (var connection in newestConnections) newest!.Return(connection);
    }
}
