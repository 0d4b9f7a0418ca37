namespace Culvert.Collector.Outputs.Kafka;

/// <summary>What a consumer asks and tells of its membership, on the thread that polls, within the poll.</summary>
internal interface IKafkaMember
{
    /// <summary>These partitions are the member's from now on; answers where reading begins in each.</summary>
    IReadOnlyList<KafkaOffset> Assigned(IReadOnlyList<KafkaPartition> partitions);

    /// <summary>These partitions go to another member when the call returns: what is safe is committed within it.
    /// </summary>
    /// <param name="partitions">The partitions that go.</param>
    /// <param name="areLost">Whether another member may have them already, so that nothing can be committed.</param>
    void Revoked(IReadOnlyList<KafkaPartition> partitions, bool areLost);

    /// <summary>Something is wrong with a connection, a topic or the group; the library goes on trying.</summary>
    void Troubled(int error, string reason, string topic);
}
