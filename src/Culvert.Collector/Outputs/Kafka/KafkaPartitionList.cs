using System.Runtime.InteropServices;

namespace Culvert.Collector.Outputs.Kafka;

/// <summary>The library's list of partitions (rd_kafka_topic_partition_list_t).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KafkaPartitionList
{
    public int Count;
    public int Capacity;
    public KafkaPartitionEntry* Entries;

    /// <summary>Makes a list, which the caller destroys.</summary>
    public static KafkaPartitionList* Of(IReadOnlyCollection<KafkaOffset> offsets)
    {
        var list = KafkaLibrary.rd_kafka_topic_partition_list_new(offsets.Count);
        foreach (var (partition, offset) in offsets)
            KafkaLibrary.rd_kafka_topic_partition_list_add(list, partition.Topic, partition.Number)->Offset = offset;
        return list;
    }

    public readonly KafkaOffset[] Read()
    {
        var offsets = new KafkaOffset[Count];
        for (var i = 0; i < Count; i++)
        {
            offsets[i] = new KafkaOffset(
                new KafkaPartition(KafkaLibrary.Text(Entries[i].Topic), Entries[i].Partition), Entries[i].Offset);
        }

        return offsets;
    }
}

/// <summary>One partition with an offset (rd_kafka_topic_partition_t), on 64-bit systems.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KafkaPartitionEntry
{
    public byte* Topic;
    public int Partition;
    public long Offset;
    public nint Metadata;
    public nuint MetadataSize;
    public nint Opaque;
    public int Error;
    public nint Private;
}
