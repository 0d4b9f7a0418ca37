using Culvert.Collector.Spool;

namespace Culvert.Collector.Store;

/// <summary>Stands for the spool where a store is written from elsewhere: nothing lies behind its blocks, and a live
/// tail follows its commits. Any thread.</summary>
internal sealed class CommittedTail(StoreWriter writer) : ISpoolTail
{
    private TaskCompletionSource _committed = NewSignal();

    public ulong End => writer.Cursor;

    /// <summary>The writer has committed.</summary>
    public void Advance() => Interlocked.Exchange(ref _committed, NewSignal()).TrySetResult();

    public ISpoolTailReader Open(ulong position) => new Reader(this);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Reader(CommittedTail tail) : ISpoolTailReader
    {
        private TaskCompletionSource _seen = tail._committed;

        public bool TryRead(out SpoolEntry entry)
        {
            // Taken before the caller looks at the end, so that a commit in between wakes the wait that follows.
            _seen = Volatile.Read(ref tail._committed);
            entry = default;
            return false;
        }

        public async ValueTask WaitAsync(CancellationToken cancellationToken) =>
            await _seen.Task.WaitAsync(cancellationToken).ConfigureAwait(false);

        public void Dispose()
        {
        }
    }
}
