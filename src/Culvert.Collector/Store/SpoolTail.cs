using Culvert.Collector.Spool;

namespace Culvert.Collector.Store;

/// <summary>The collector's own spool, as the store reads it.</summary>
internal sealed class SpoolTail(LogSpool spool) : ISpoolTail
{
    public ulong End => spool.DurablePosition;

    public ISpoolTailReader Open(ulong position) => new Reader(spool.OpenReader(position));

    private sealed class Reader(SpoolReader reader) : ISpoolTailReader
    {
        public bool TryRead(out SpoolEntry entry) => reader.TryRead(out entry);

        public async ValueTask WaitAsync(CancellationToken cancellationToken) =>
            await reader.WaitAsync(cancellationToken).ConfigureAwait(false);

        public void Dispose() => reader.Dispose();
    }
}
