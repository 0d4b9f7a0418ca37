using System.Runtime.InteropServices;

namespace Culvert.Collector.Outputs.Kafka;

/// <summary>What a broker says of topics (rd_kafka_metadata_t), on 64-bit systems.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KafkaMetadata
{
    public int BrokerCount;
    public nint Brokers;
    public int TopicCount;
    public KafkaMetadataTopic* Topics;
}

/// <summary>One topic in it (rd_kafka_metadata_topic_t).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KafkaMetadataTopic
{
    public byte* Name;
    public int PartitionCount;
    public KafkaMetadataPartition* Partitions;
    public int Error;
}
