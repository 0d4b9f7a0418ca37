using System.Globalization;
using Culvert.Collector.Outputs;
using Culvert.Collector.Web.Metrics;

namespace Culvert.Collector.Consuming;

/// <summary>What /metrics says of a member of a consumer group.</summary>
internal static class ConsumerMetrics
{
    public static string Write(
        ConsumerCounts counts, ConsumedQueue queue, ulong start, OutputStatusSnapshot reading, OutputStatus writing)
    {
        var text = new MetricsText();
        var (next, confirmed) = queue.Positions;
        text.Single("culvert_consumer_running", "gauge", "1 while the member reads, or has nothing to read.",
            reading.State == OutputState.Running ? 1 : 0);
        text.Single("culvert_consumer_paused", "gauge", "1 while reading waits for the output.",
            counts.IsPaused ? 1 : 0);
        text.Single("culvert_consumer_messages_total", "counter", "Messages read of Kafka.", counts.Messages);
        text.Single("culvert_consumer_records_total", "counter", "Records in them that were new.",
            counts.RecordCount);
        text.Single("culvert_consumer_records_duplicate_total", "counter",
            "Records that had come before, and were left out here.", counts.Duplicates);
        text.Single("culvert_consumer_records_stored_total", "counter", "Records that are safe in the output.",
            confirmed - start);
        text.Single("culvert_consumer_records_waiting", "gauge", "Records read and not safe yet.", next - confirmed);
        text.Family("culvert_consumer_dead_letters_total", "counter", "Dead letters, by reason.");
        foreach (var (reason, count) in reading.RejectedByReason)
            text.Sample(count, ("of", "message"), ("reason", reason));
        foreach (var (reason, count) in writing.Snapshot().RejectedByReason)
            text.Sample(count, ("of", "record"), ("reason", reason));
        WritePartitions(text, counts.Partitions());
        return text.ToString();
    }

    private static void WritePartitions(MetricsText text, List<PartitionSnapshot> partitions)
    {
        text.Family("culvert_consumer_lag", "gauge", "Messages of a partition that are not safe yet.");
        foreach (var partition in partitions) Sample(text, partition, partition.Lag);
        text.Family("culvert_consumer_offset", "gauge", "The offset of a partition up to which all is safe.");
        foreach (var partition in partitions) Sample(text, partition, partition.Safe < 0 ? null : partition.Safe);
    }

    private static void Sample(MetricsText text, PartitionSnapshot partition, long? value)
    {
        if (value is not { } known) return;
        text.Sample(known, ("topic", partition.Partition.Topic),
            ("partition", partition.Partition.Number.ToString(CultureInfo.InvariantCulture)));
    }
}
