namespace Culvert.Collector.Outputs.Kafka;

/// <summary>One partition of a topic.</summary>
internal readonly record struct KafkaPartition(string Topic, int Number)
{
    public override string ToString() => $"{Topic}/{Number}";
}

/// <summary>A place in a partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">A message's offset, or one of the places that have a name here.</param>
internal readonly record struct KafkaOffset(KafkaPartition Partition, long Offset)
{
    /// <summary>The first message that is still there.</summary>
    public const long Beginning = -2;

    /// <summary>Where the group left off, and without that where <c>auto.offset.reset</c> says.</summary>
    public const long Stored = -1000;

    /// <summary>No offset is known.</summary>
    public const long None = -1001;
}
