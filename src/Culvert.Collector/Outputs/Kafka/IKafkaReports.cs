namespace Culvert.Collector.Outputs.Kafka;

/// <summary>Takes what a producer reports, on the producer's thread.</summary>
internal interface IKafkaReports
{
    /// <summary>The brokers have it, as many as acks=all asks for.</summary>
    void Delivered(ulong position);

    /// <summary>The message was given up.</summary>
    void Failed(KafkaFailure failure);

    /// <summary>Something is wrong with a connection, or with the producer as a whole.</summary>
    void Troubled(int error, string reason);
}
