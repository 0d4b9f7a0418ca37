using Culvert.Collector.Inputs.Lines;
using Culvert.Collector.Otlp;
using Culvert.Records;

namespace Culvert.Collector.Inputs.Otlp;

/// <summary>The fields of one LogRecord, in the memory of the body.</summary>
internal ref struct OtlpRecord
{
    private long _time;

    /// <summary>Under this key .NET's exporter sends the message template.</summary>
    public static ReadOnlySpan<byte> TemplateKey => "{OriginalFormat}"u8;

    /// <summary>The record's own time, or the time it was observed; 0 when neither is known.</summary>
    public readonly long TimeNs => _time != 0 ? _time : ObservedNs;

    public long ObservedNs { get; private set; }

    /// <summary>Whether the sender observed the record at another time than its own, so that both are worth
    /// keeping.</summary>
    public readonly bool ObservedDiffers => _time != 0 && ObservedNs != 0 && ObservedNs != _time;

    public Severity Severity { get; private set; }

    /// <summary>The name the sender gave the level; empty when it says no more than the number.</summary>
    public ReadOnlySpan<byte> SeverityText { get; private set; }

    public OtlpValue Body { get; private set; }

    public ReadOnlySpan<byte> Template { get; private set; }

    public ReadOnlySpan<byte> EventName { get; private set; }

    public ReadOnlySpan<byte> TraceId { get; private set; }

    public ReadOnlySpan<byte> SpanId { get; private set; }

    public byte TraceFlags { get; private set; }

    public long DroppedAttributes { get; private set; }

    /// <summary>Ids of a wrong length are as good as none (specification: "SHOULD be treated as unset").</summary>
    public readonly bool HasTrace => TraceId.Length == 16 || SpanId.Length == 8;

    /// <summary>Reads the fields, and where the attributes lie in the message.</summary>
    public static bool TryRead(
        ReadOnlySpan<byte> message, List<(int Start, int Length)> attributes, out OtlpRecord record)
    {
        record = default;
        attributes.Clear();
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Type == ProtobufType.Bytes)
            {
                if (!record.TryTakeBytes(reader, attributes)) return false;
            }
            else
            {
                record.TakeNumber(reader);
            }
        }

        if (record.Severity == Severity.Unspecified && SeverityWords.TryParse(record.SeverityText, out var severity))
            record.Severity = severity;

        return !reader.IsBroken;
    }

    private bool TryTakeBytes(in ProtobufReader reader, List<(int Start, int Length)> attributes)
    {
        switch (reader.Field)
        {
            case OtlpFields.RecordSeverityText: SeverityText = reader.Bytes; break;
            case OtlpFields.RecordTraceId: TraceId = reader.Bytes; break;
            case OtlpFields.RecordSpanId: SpanId = reader.Bytes; break;
            case OtlpFields.RecordEventName: EventName = reader.Bytes; break;
            case OtlpFields.RecordBody:
                if (!OtlpValue.TryRead(reader.Bytes, out var body)) return false;
                Body = body;
                break;
            case OtlpFields.RecordAttributes:
                attributes.Add((reader.Start, reader.Length));
                return TryTakeTemplate(reader.Bytes);
        }

        return true;
    }

    // The template is written before the attributes, so it is looked for here. Only a pair whose first field is this
    // key is read: that is how every encoder writes it, and others cost one comparison.
    private bool TryTakeTemplate(ReadOnlySpan<byte> pair)
    {
        if (!pair.StartsWith("\x0A\x10{OriginalFormat}"u8)) return true;
        if (!OtlpValue.TryReadPair(pair, out var key, out var value)) return false;
        if (value.Kind == OtlpFields.ValueText && key.SequenceEqual(TemplateKey)) Template = value.Bytes;
        return true;
    }

    private void TakeNumber(in ProtobufReader reader)
    {
        switch (reader.Field)
        {
            case OtlpFields.RecordTime: _time = ToTime(reader.Number); break;
            case OtlpFields.RecordObservedTime: ObservedNs = ToTime(reader.Number); break;
            case OtlpFields.RecordFlags: TraceFlags = (byte)reader.Number; break;
            case OtlpFields.RecordDroppedAttributes: DroppedAttributes = (uint)reader.Number; break;
            case OtlpFields.RecordSeverityNumber when reader.Number <= 24: Severity = (Severity)reader.Number; break;
        }
    }

    // Unsigned on the wire; what is after the year 2262 cannot be said in a record, and is nobody's clock.
    private static long ToTime(ulong value) => value <= long.MaxValue ? (long)value : 0;
}
