namespace Culvert.Collector.Store;

/// <summary>Runs over blocks with as many workers as the snapshot has; the first exception ends all.</summary>
internal static class BlockScan
{
    public static void Run(
        StoreSnapshot snapshot, StoreContext context, SearchReport report, IReadOnlyList<StoredBlock> blocks,
        Func<BlockSession, StoredBlock, bool> visit, CancellationToken cancellationToken)
    {
        var next = -1;
        var stopped = false;
        var workers = Math.Min(snapshot.Workers, blocks.Count);
        void Work(int worker)
        {
            using var session = snapshot.OpenSession(worker, report, context);
            while (!Volatile.Read(ref stopped))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var index = Interlocked.Increment(ref next);
                if (index >= blocks.Count) return;
                if (visit(session, blocks[index])) continue;
                Volatile.Write(ref stopped, true);
            }
        }

        if (workers == 0) return;
        if (workers == 1) Work(0);
        else Unwrap(() => Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, Work));
    }

    private static void Unwrap(Action action)
    {
        try
        {
            action();
        }
        catch (AggregateException exception)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }
    }
}
