namespace Culvert.Collector.Outputs.Kafka;

/// <summary>Takes what a producer reports, within <see cref="KafkaProducer.TakeReports"/>.</summary>
internal interface IKafkaReports
{
    /// <summary>The brokers have these, as many brokers as acks=all asks for.</summary>
    void Delivered(ReadOnlySpan<ulong> positions);

    /// <summary>The message was given up.</summary>
    void Failed(KafkaFailure failure);

    /// <summary>Something is wrong with a connection, or with the producer as a whole.</summary>
    void Troubled(int error, string reason);
}
