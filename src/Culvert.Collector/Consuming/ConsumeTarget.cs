using Culvert.Collector.Outputs.Kafka;

namespace Culvert.Collector.Consuming;

/// <summary>What the side that is written to needs of the reading.</summary>
internal sealed class ConsumeTarget
{
    /// <summary>Where reading begins in a partition that is assigned.</summary>
    public Func<KafkaPartition, long> Begin { get; init; } = _ => KafkaOffset.Stored;

    /// <summary>Whether it removes duplicates by the highest sequence of each producer, so that each partition's share
    /// must be a producer of its own.</summary>
    public bool TellsByHighest { get; init; }

    /// <summary>With which duplicates are removed here, for a side that does not remove them itself; null for one that
    /// does.</summary>
    public ProducerMarks? Marks { get; init; }
}
