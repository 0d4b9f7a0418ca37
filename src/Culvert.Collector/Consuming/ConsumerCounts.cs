using Culvert.Collector.Outputs.Kafka;

namespace Culvert.Collector.Consuming;

/// <summary>What a member has read, and how far it is in each of its partitions. Any thread.</summary>
internal sealed class ConsumerCounts
{
    private readonly Lock _gate = new();
    private Dictionary<KafkaPartition, PartitionCounts> _partitions = [];
    private long _messages, _records, _duplicates;

    /// <summary>Whether reading waits for the other side.</summary>
    public bool IsPaused { get; set; }

    public long Messages => Interlocked.Read(ref _messages);

    public long RecordCount => Interlocked.Read(ref _records);

    public long Duplicates => Interlocked.Read(ref _duplicates);

    public void Records(int count) => Interlocked.Add(ref _records, count);

    /// <summary>Records that came before, and were left out here.</summary>
    public void Duplicate(int count) => Interlocked.Add(ref _duplicates, count);

    public void Assign(IEnumerable<KafkaPartition> partitions)
    {
        lock (_gate)
        {
            _partitions = partitions.ToDictionary(
                partition => partition,
                partition => _partitions.GetValueOrDefault(partition) ?? new PartitionCounts());
        }
    }

    public void Read(KafkaPartition partition, long offset)
    {
        Interlocked.Increment(ref _messages);
        Change(partition, counts => counts.Read = offset + 1);
    }

    public void Safe(KafkaPartition partition, long offset) => Change(partition, counts => counts.Safe = offset);

    /// <summary>Whether it is known from where on nothing is safe yet.</summary>
    public bool HasBegun(KafkaPartition partition)
    {
        lock (_gate) return _partitions.TryGetValue(partition, out var counts) && counts.Safe >= 0;
    }

    public void End(KafkaPartition partition, long offset) => Change(partition, counts => counts.End = offset);

    /// <summary>The partitions in the order of their names.</summary>
    public List<PartitionSnapshot> Partitions()
    {
        lock (_gate)
        {
            return
            [
                .. _partitions.OrderBy(pair => pair.Key.Topic, StringComparer.Ordinal).ThenBy(pair => pair.Key.Number)
                    .Select(pair => new PartitionSnapshot(
                        pair.Key, pair.Value.Read, pair.Value.Safe, Math.Max(pair.Value.End, pair.Value.Read))),
            ];
        }
    }

    private void Change(KafkaPartition partition, Action<PartitionCounts> change)
    {
        lock (_gate)
        {
            if (_partitions.TryGetValue(partition, out var counts)) change(counts);
        }
    }

    private sealed class PartitionCounts
    {
        public long Read { get; set; } = -1;

        public long Safe { get; set; } = -1;

        public long End { get; set; } = -1;
    }
}

/// <param name="Partition">The partition.</param>
/// <param name="Read">The offset that is read next; -1 before anything was.</param>
/// <param name="Safe">The offset up to which all is safe; -1 where it is not known yet.</param>
/// <param name="End">The offset behind the last message, as far as known; -1 where it is not.</param>
internal sealed record PartitionSnapshot(KafkaPartition Partition, long Read, long Safe, long End)
{
    /// <summary>Messages that are in the partition and not safe yet; null where that is not known.</summary>
    public long? Lag => End < 0 || Safe < 0 ? null : End - Safe;
}
