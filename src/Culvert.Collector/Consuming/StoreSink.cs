using Culvert.Collector.Outputs;
using Culvert.Collector.Outputs.Kafka;
using Culvert.Collector.Spool;
using Culvert.Collector.Store;

namespace Culvert.Collector.Consuming;

/// <summary>Writes what was read of Kafka into an embedded store, and commits with its blocks, in one transaction, how
/// far each partition was read: after a crash reading goes on at the store's own offsets, so that nothing is stored
/// twice or missing.</summary>
internal sealed class StoreSink(
    StoreWriter writer, CommittedTail tail, ConsumedQueue queue, ProducerMarks marks, TimeProvider time) : IOutputSink
{
    private const string OffsetPrefix = "kafka ";

    private static readonly TimeSpan RetentionInterval = TimeSpan.FromMinutes(1);

    private long _retentionTimestamp = time.GetTimestamp();

    public ulong Confirmed => writer.Cursor;

    /// <summary>Where reading goes on in a partition, as a store has it.</summary>
    public static long OffsetOf(StoreWriter writer, KafkaPartition partition) =>
        writer.Progress.TryGetValue(OffsetPrefix + partition, out var offset) ? offset : KafkaOffset.Beginning;

    public ValueTask OpenAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public int Write(in SpoolEntry entry, int first)
    {
        if (writer.IsDue) return first;
        writer.Add(entry);
        return entry.RecordCount;
    }

    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        Commit();
        return ValueTask.CompletedTask;
    }

    /// <summary>Waits for company as long as a store may, so that a quiet topic makes no block for each
    /// record.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (writer.HasPending && writer.DueIn is { } due && due > TimeSpan.Zero)
        {
            await queue.GatherAsync(writer.Next).WaitAsync(due, time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }

        Commit();
    }

    /// <summary>The writer outlives it, as what it holds is not read again.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Commit()
    {
        var done = queue.Done(writer.Next);
        if (!writer.HasPending && done.Count == 0) return;
        var progress = new Dictionary<string, long?>();
        foreach (var key in marks.TakeForgotten()) progress[key] = null;
        foreach (var item in done)
        {
            progress[OffsetPrefix + item.Message.Partition] = item.Message.Offset + 1;
            if (item.Mark is { } mark) progress[ProducerMarks.Key(mark.Producer)] = (long)mark.Sequence;
        }

        writer.Commit(progress);
        queue.Settle(done.Count);
        tail.Advance();
        if (time.GetElapsedTime(_retentionTimestamp) < RetentionInterval) return;
        _retentionTimestamp = time.GetTimestamp();
        writer.ApplyRetention();
    }
}
