using System.Globalization;
using System.Text.Json;
using Culvert.Collector.Intake;
using Culvert.Collector.Records;
using Culvert.Collector.Outputs;

namespace Culvert.Collector.Web.Api;

/// <summary>The ledger as JSON: for the page, and for <c>culvert stats --json</c>.</summary>
internal static class LedgerJson
{
    /// <param name="writer">Where it is written.</param>
    /// <param name="ledger">What is written.</param>
    /// <param name="time">As of when.</param>
    /// <param name="more">Writes further properties of the same object.</param>
    public static void Write(
        Utf8JsonWriter writer, LedgerSnapshot ledger, DateTimeOffset time, Action<Utf8JsonWriter>? more = null)
    {
        writer.WriteStartObject();
        writer.WriteString("time"u8, time);
        writer.WriteNumber("position"u8, ledger.Position);
        writer.WriteBoolean("balanced"u8, ledger.Balanced);
        writer.WritePropertyName("total"u8);
        WriteCounts(writer, ledger.Total);
        writer.WriteEndObject();
        writer.WriteStartArray("inputs"u8);
        foreach (var input in ledger.Inputs) WriteInput(writer, input);
        writer.WriteEndArray();
        writer.WriteStartArray("sources"u8);
        foreach (var source in ledger.Sources)
        {
            WriteCounts(writer, source);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("producers"u8);
        foreach (var producer in ledger.Producers) WriteProducer(writer, producer);
        writer.WriteEndArray();
        writer.WriteStartObject("shedByLevel"u8);
        for (var level = 0; level < ledger.ShedByLevel.Count; level++)
            writer.WriteNumber(LevelText.NameOfLevel(level), ledger.ShedByLevel[level]);
        writer.WriteEndObject();
        writer.WriteStartObject("forgottenProducers"u8);
        writer.WriteNumber("epochs"u8, ledger.ForgottenProducers.Epochs);
        writer.WriteNumber("produced"u8, ledger.ForgottenProducers.Produced);
        writer.WriteNumber("received"u8, ledger.ForgottenProducers.Received);
        writer.WriteNumber("lost"u8, ledger.ForgottenProducers.Lost);
        writer.WriteEndObject();
        writer.WriteStartArray("outputs"u8);
        foreach (var output in ledger.Outputs) WriteOutput(writer, output);
        writer.WriteEndArray();
        more?.Invoke(writer);
        writer.WriteEndObject();
    }

    /// <summary>A reason as it is written in JSON and in metrics: diskFull.</summary>
    public static string Name(DropReason reason) => JsonNamingPolicy.CamelCase.ConvertName(reason.ToString());

    /// <summary>A reason as it is written in JSON and in metrics: brokenJson.</summary>
    public static string Name(MendReason reason) => JsonNamingPolicy.CamelCase.ConvertName(reason.ToString());

    private static void WriteInput(Utf8JsonWriter writer, CountsSnapshot input)
    {
        WriteCounts(writer, input);
        writer.WriteStartObject("mended"u8);
        foreach (var (reason, count) in input.Mended) writer.WriteNumber(Name(reason), count);
        writer.WriteEndObject();
        writer.WriteStartObject("refusedRequests"u8);
        foreach (var (status, count) in input.RefusedRequests)
            writer.WriteNumber(status.ToString(CultureInfo.InvariantCulture), count);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>Begins the object, which the caller ends.</summary>
    private static void WriteCounts(Utf8JsonWriter writer, CountsSnapshot counts)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, counts.Name);
        writer.WriteNumber("received"u8, counts.Received);
        writer.WriteNumber("duplicates"u8, counts.Duplicates);
        writer.WriteNumber("spooled"u8, counts.Spooled);
        writer.WriteStartObject("dropped"u8);
        foreach (var (reason, count) in counts.Dropped) writer.WriteNumber(Name(reason), count);
        writer.WriteEndObject();
        writer.WriteBoolean("balanced"u8, counts.Balanced);
    }

    private static void WriteProducer(Utf8JsonWriter writer, ProducerSnapshot producer)
    {
        writer.WriteStartObject();
        writer.WriteString("producer"u8, producer.Producer);
        writer.WriteNumber("epoch"u8, producer.Epoch);
        writer.WriteString("input"u8, producer.Input);
        writer.WriteString("service"u8, producer.Service);
        writer.WriteNumber("produced"u8, producer.Produced);
        writer.WriteNumber("received"u8, producer.Received);
        writer.WriteNumber("lost"u8, producer.Lost);
        writer.WriteNumber("outstanding"u8, producer.Outstanding);
        writer.WriteStartArray("lostRanges"u8);
        foreach (var range in producer.LostRanges)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(range.From);
            writer.WriteNumberValue(range.To);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("droppedByLevel"u8);
        foreach (var count in producer.DroppedByLevel) writer.WriteNumberValue(count);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteOutput(Utf8JsonWriter writer, OutputSnapshot output)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, output.Name);
        writer.WriteNumber("before"u8, output.Before);
        writer.WriteNumber("stored"u8, output.Stored);
        writer.WriteNumber("waiting"u8, output.Waiting);
        writer.WriteNumber("expired"u8, output.Expired);
        writer.WriteNumber("damaged"u8, output.Damaged);
        writer.WriteBoolean("balanced"u8, output.Balanced);
        if (output.Status is { } status) WriteStatus(writer, status);
        writer.WriteEndObject();
    }

    /// <summary>How an output, or what is like one, fares: properties of the open object.</summary>
    public static void WriteStatus(Utf8JsonWriter writer, OutputStatusSnapshot status)
    {
        writer.WriteString("type"u8, status.Type);
        writer.WriteString("state"u8, JsonNamingPolicy.CamelCase.ConvertName(status.State.ToString()));
        writer.WriteString("problem"u8, status.Sentence);
        writer.WriteString("since"u8, status.Since);
        writer.WriteNumber("retries"u8, status.Retries);
        writer.WriteNumber("rejected"u8, status.Rejected);
        writer.WriteStartObject("rejectedByReason"u8);
        foreach (var (reason, count) in status.RejectedByReason) writer.WriteNumber(reason, count);
        writer.WriteEndObject();
    }
}
