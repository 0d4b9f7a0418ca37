using System.Runtime.InteropServices;

namespace Culvert.Collector.Outputs.Kafka;

/// <content>The consumer's side.</content>
internal static unsafe partial class KafkaLibrary
{
    [LibraryImport(Library)]
    public static partial void rd_kafka_conf_set_rebalance_cb(
        nint configuration, delegate* unmanaged[Cdecl]<nint, int, KafkaPartitionList*, nint, void> callback);

    [LibraryImport(Library)]
    public static partial int rd_kafka_poll_set_consumer(nint client);

    [LibraryImport(Library)]
    public static partial int rd_kafka_subscribe(nint client, KafkaPartitionList* topics);

    [LibraryImport(Library)]
    public static partial int rd_kafka_assign(nint client, KafkaPartitionList* partitions);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_incremental_assign(nint client, KafkaPartitionList* partitions);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_incremental_unassign(nint client, KafkaPartitionList* partitions);

    [LibraryImport(Library)]
    public static partial int rd_kafka_assignment_lost(nint client);

    [LibraryImport(Library)]
    public static partial int rd_kafka_pause_partitions(nint client, KafkaPartitionList* partitions);

    [LibraryImport(Library)]
    public static partial int rd_kafka_resume_partitions(nint client, KafkaPartitionList* partitions);

    [LibraryImport(Library)]
    public static partial nint rd_kafka_seek_partitions(nint client, KafkaPartitionList* partitions, int timeoutMs);

    [LibraryImport(Library)]
    public static partial int rd_kafka_commit(nint client, KafkaPartitionList* offsets, int async);

    [LibraryImport(Library)]
    public static partial int rd_kafka_committed(nint client, KafkaPartitionList* partitions, int timeoutMs);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rd_kafka_get_watermark_offsets(
        nint client, string topic, int partition, out long low, out long high);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rd_kafka_query_watermark_offsets(
        nint client, string topic, int partition, out long low, out long high, int timeoutMs);

    [LibraryImport(Library)]
    public static partial int rd_kafka_metadata(
        nint client, int allTopics, nint topic, out KafkaMetadata* metadata, int timeoutMs);

    [LibraryImport(Library)]
    public static partial void rd_kafka_metadata_destroy(KafkaMetadata* metadata);

    [LibraryImport(Library)]
    public static partial KafkaMessage* rd_kafka_consumer_poll(nint client, int timeoutMs);

    [LibraryImport(Library)]
    public static partial byte* rd_kafka_message_errstr(KafkaMessage* message);

    [LibraryImport(Library)]
    public static partial long rd_kafka_message_timestamp(KafkaMessage* message, out int type);

    [LibraryImport(Library)]
    public static partial int rd_kafka_message_headers(KafkaMessage* message, out nint headers);

    [LibraryImport(Library)]
    public static partial int rd_kafka_header_get_all(
        nint headers, nuint index, out byte* name, out byte* value, out nuint size);

    [LibraryImport(Library)]
    public static partial void rd_kafka_message_destroy(KafkaMessage* message);

    [LibraryImport(Library)]
    public static partial int rd_kafka_consumer_close(nint client);

    [LibraryImport(Library)]
    public static partial KafkaPartitionList* rd_kafka_topic_partition_list_new(int size);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial KafkaPartitionEntry* rd_kafka_topic_partition_list_add(
        KafkaPartitionList* list, string topic, int partition);

    [LibraryImport(Library)]
    public static partial void rd_kafka_topic_partition_list_destroy(KafkaPartitionList* list);
}
