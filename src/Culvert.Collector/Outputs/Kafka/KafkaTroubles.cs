namespace Culvert.Collector.Outputs.Kafka;

/// <summary>Keeps what a consumer without a group is told is wrong.</summary>
internal sealed class KafkaTroubles : IKafkaMember
{
    private int _rank = -1;

    /// <summary>What says most of what went wrong, in the library's words; null when nothing did.</summary>
    public string? Last { get; private set; }

    public IReadOnlyList<KafkaOffset> Assigned(IReadOnlyList<KafkaPartition> partitions) => [];

    public void Revoked(IReadOnlyList<KafkaPartition> partitions, bool areLost)
    {
    }

    public void Troubled(int error, string reason, string topic)
    {
        if (KafkaError.Rank(error) < _rank) return;
        (Last, _rank) = (reason, KafkaError.Rank(error));
    }
}
