using System.Text.Json;
using Culvert.Collector.Intake;
using Culvert.Collector.Outputs;
using Culvert.Collector.Web;
using Culvert.Collector.Web.Api;
using Culvert.Collector.Web.Metrics;

namespace Culvert.Collector.Consuming;

/// <summary>What a member says of itself: for <c>culvert stats</c>, the page, /metrics and probes. Any
/// thread.</summary>
internal sealed class ConsumerReport(
    ConsumerOptions options, ConsumerCounts counts, ConsumedQueue queue, ulong start, OutputStatus reading,
    OutputStatus writing)
{
    public OutputStatus Writing => writing;

    public void Map(HttpHost host, Ledger ledger, Func<CollectorSizes> sizes, TimeProvider time) =>
        new MonitoringApi(host)
        {
            Stats = writer => LedgerJson.Write(writer, ledger.Snapshot(), time.GetUtcNow(), Write),
            Metrics = () => CollectorMetrics.Write(ledger.Snapshot(), sizes(), host.Counters)
                + ConsumerMetrics.Write(counts, queue, start, reading.Snapshot(), writing),
            NotReady = NotReady,
        }.Map();

    /// <summary>Adds the property <c>consumer</c>.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("consumer"u8);
        writer.WriteString("group"u8, options.Group);
        writer.WriteStartArray("topics"u8);
        foreach (var topic in options.Topics) writer.WriteStringValue(topic);
        writer.WriteEndArray();
        LedgerJson.WriteStatus(writer, reading.Snapshot());
        writer.WriteBoolean("paused"u8, counts.IsPaused);
        writer.WriteNumber("messages"u8, counts.Messages);
        writer.WriteNumber("records"u8, counts.RecordCount);
        writer.WriteNumber("duplicates"u8, counts.Duplicates);
        WritePartitions(writer);
        var (next, confirmed) = queue.Positions;
        writer.WriteStartObject("output"u8);
        writer.WriteString("name"u8, writing.Name);
        writer.WriteNumber("stored"u8, confirmed - start);
        writer.WriteNumber("waiting"u8, next - confirmed);
        LedgerJson.WriteStatus(writer, writing.Snapshot());
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WritePartitions(Utf8JsonWriter writer)
    {
        var waiting = queue.Waiting();
        var partitions = counts.Partitions();
        writer.WriteNumber("lag"u8, partitions.Sum(partition => partition.Lag ?? 0));
        writer.WriteStartArray("partitions"u8);
        foreach (var partition in partitions)
        {
            writer.WriteStartObject();
            writer.WriteString("topic"u8, partition.Partition.Topic);
            writer.WriteNumber("partition"u8, partition.Partition.Number);
            Number("read"u8, partition.Read < 0 ? null : partition.Read);
            Number("safe"u8, partition.Safe < 0 ? null : partition.Safe);
            Number("end"u8, partition.End < 0 ? null : partition.End);
            Number("lag"u8, partition.Lag);
            writer.WriteNumber("waiting"u8, waiting.GetValueOrDefault(partition.Partition));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();

        void Number(ReadOnlySpan<byte> name, long? number)
        {
            if (number is { } known) writer.WriteNumber(name, known);
            else writer.WriteNull(name);
        }
    }

    private string? NotReady()
    {
        var (here, there) = (reading.Snapshot(), writing.Snapshot());
        if (here.State == OutputState.Starting) return $"The group {options.Group} has not given a partition yet.";
        return here.State == OutputState.Retrying ? here.Sentence
            : there.State == OutputState.Retrying ? there.Sentence : null;
    }
}
