using System.Text;
using System.Text.Json;
using Culvert.Collector.Inputs.Http;
using Culvert.Collector.Inputs.Otlp;
using Culvert.Collector.Intake;
using Culvert.Collector.Outputs;
using Culvert.Collector.Outputs.DeadLetters;
using Culvert.Collector.Outputs.Kafka;
using Culvert.Collector.Records;
using Culvert.Records;

namespace Culvert.Collector.Consuming;

/// <summary>
/// Makes records of messages: those of the output <c>kafka</c>, known by their header <c>culvert.schema</c>, with all
/// that the collector knew of them; and of others OpenTelemetry's export requests, in Protocol Buffers or JSON. One
/// thread.
/// </summary>
internal sealed class MessageDecoder(TimeProvider time) : IDisposable
{
    private static readonly byte[] StrangersOrigin =
        AttributeWriter.Encode([new KeyValuePair<string, object?>("input", "kafka")]);

    private readonly OtlpDecoder _own = new(isOwn: true);
    private readonly OtlpScratch _strangers = new();
    private readonly RecordJsonReader _json = new();
    private readonly RecordBatches _batches = new();

    public void Dispose()
    {
        _own.Dispose();
        _strangers.Dispose();
    }

    /// <summary>The message's records, without their identities; or the reason, in one word and in a sentence, why
    /// there are none.</summary>
    public List<ConsumedEntry> Decode(KafkaReceived message, out string reason, out string problem)
    {
        (reason, problem) = ("", "");
        var schema = message.Header(KafkaHeaders.SchemaName);
        if (message.Value is not { Length: > 0 } value)
            (reason, problem) = ("no_value", "The message has no value.");
        else if (schema is null) return DecodeStrangers(message, value, out reason, out problem);
        else if (schema.AsSpan().SequenceEqual(KafkaHeaders.ProtobufSchema))
            return DecodeOwn(value, out reason, out problem);
        else if (schema.AsSpan().SequenceEqual(KafkaHeaders.JsonSchema))
            return DecodeJson(value, out reason, out problem);
        else
            (reason, problem) = ("unknown_schema", $"The header {KafkaHeaders.SchemaName} is "
                + $"'{DeadLetterJson.Short(Encoding.UTF8.GetString(schema))}', which this version does not know.");
        return [];
    }

    /// <summary>The identity that the message brings; false when it brings none.</summary>
    public static bool TryReadIdentity(KafkaReceived message, out ProducerId producer, out ulong sequence)
    {
        (producer, sequence) = (default, 0);
        return message.Header(KafkaHeaders.IdentityName) is { } text
            && RecordIdentity.TryParse(text, out producer, out sequence) && sequence > 0;
    }

    private List<ConsumedEntry> DecodeOwn(byte[] value, out string reason, out string problem)
    {
        (reason, problem) = ("not_otlp", "The value is no whole ExportLogsServiceRequest.");
        _batches.Clear();
        if (!_own.TryDecode(value, _batches)) return [];
        return Entries(_batches, _own.ObservedNs, _own.Origin.ToArray(), out reason, out problem);
    }

    private List<ConsumedEntry> DecodeStrangers(
        KafkaReceived message, byte[] value, out string reason, out string problem)
    {
        (reason, problem) = ("not_otlp",
            "The value is no whole ExportLogsServiceRequest, and no header says that it is something else.");
        if (!_strangers.TryDecode(value, isJson: value[0] == (byte)'{')) return [];
        var observedNs = message.TimestampMs >= 0 ? message.TimestampMs * 1_000_000 : UnixTime.NowNs(time);
        return Entries(_strangers.Batches, observedNs, StrangersOrigin, out reason, out problem);
    }

    private List<ConsumedEntry> DecodeJson(byte[] value, out string reason, out string problem)
    {
        (reason, problem) = ("", "");
        try
        {
            ConsumedEntry? entry = null;
            _json.Read(value, (in StoredRecord record) =>
            {
                entry = Encode(record);
                return false;
            });
            if (entry is not null) return [entry];
            (reason, problem) = ("too_large", "The record is larger than a record may be.");
        }
        catch (Exception exception) when (exception is JsonException or FormatException or OverflowException)
        {
            (reason, problem) = ("not_record_json", $"The value is no record in JSON: {exception.Message}");
        }

        return [];
    }

    private ConsumedEntry? Encode(in StoredRecord record)
    {
        _batches.Clear();
        _batches.UseResource(record.Source.Resource.Encoded);
        var writer = _batches.BeginRecord(record.Severity, record.TimeNs);
        if (!record.Trace.IsEmpty) writer.Trace(record.Trace[..16], record.Trace[16..24], record.Trace[24]);
        if (!record.Template.IsEmpty) writer.Template(record.Template);
        if (!record.Logger.IsEmpty) writer.Logger(record.Logger);
        if (!record.EventName.IsEmpty) writer.EventName(record.EventName);
        writer.Body(record.Body, record.Flags.HasFlag(RecordFlags.BodyIsJson));
        writer.Attributes(record.Attributes.Encoded);
        if (!_batches.EndRecord(record.Flags.HasFlag(RecordFlags.Truncated))) return null;
        _batches.Close();
        return Entry(_batches, 0, record.ObservedNs, record.Source.Origin.Encoded.ToArray());
    }

    private static List<ConsumedEntry> Entries(
        RecordBatches batches, long observedNs, byte[] origin, out string reason, out string problem)
    {
        (reason, problem) = ("", "");
        if (batches.RecordCount is 0 or > ConsumeLimits.RecordsOfMessageMax)
        {
            (reason, problem) = batches.RecordCount == 0
                ? ("no_records", "The value holds no record, or only such as are larger than a record may be.")
                : ("too_many_records", $"The value holds {batches.RecordCount} records, of which a message may have "
                    + $"{ConsumeLimits.RecordsOfMessageMax}.");
            return [];
        }

        return [.. Enumerable.Range(0, batches.Count).Select(i => Entry(batches, i, observedNs, origin))];
    }

    private static ConsumedEntry Entry(RecordBatches batches, int index, long observedNs, byte[] origin) => new()
    {
        Producer = default,
        FirstSequence = 0,
        RecordCount = batches.RecordsOf(index),
        ObservedNs = observedNs,
        Origin = origin,
        Records = batches.Batch(index).ToArray(),
    };
}
