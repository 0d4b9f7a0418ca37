using System.Runtime.InteropServices;

namespace Culvert.Collector.Outputs.Kafka;

/// <summary>One partition in what a broker says of topics (rd_kafka_metadata_partition_t).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KafkaMetadataPartition
{
    public int Number;
    public int Error;
    public int Leader;
    public int ReplicaCount;
    public int* Replicas;
    public int InSyncCount;
    public int* InSync;
}
