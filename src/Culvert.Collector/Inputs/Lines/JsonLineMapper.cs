using System.Text.Json;
using Culvert.Records;

namespace Culvert.Collector.Inputs.Lines;

/// <summary>
/// Makes a record of one JSON object: well-known keys (see <see cref="JsonFields"/>) become parts of the record, where
/// their value can be read as that part; all others become attributes under their own name. Objects and arrays below
/// the top stay together as one JSON attribute.
/// </summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class JsonLineMapper(TimeZoneInfo zone)
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = LineLimits.JsonDepthMax };

    private byte[] _key = new byte[256];
    private byte[] _value = new byte[1024];

    /// <summary>Returns false when the line is no JSON object; the draft is then half filled and must be
    /// cleared.</summary>
    /// <param name="line">Valid UTF-8.</param>
    /// <param name="draft">Where the record is written.</param>
    public bool TryMap(ReadOnlySpan<byte> line, RecordDraft draft)
    {
        try
        {
            var reader = new Utf8JsonReader(line, Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                MapProperty(line, ref reader, draft);
            if (reader.Read()) return false;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException is what the reader throws for an escaped lone surrogate.
            return false;
        }

        if (draft.HasBody) return true;
        if (!draft.Template.IsEmpty)
            draft.SetBody(draft.Template.ToArray());
        else
            draft.SetBody(line, isJson: true);
        return true;
    }

    private void MapProperty(ReadOnlySpan<byte> line, ref Utf8JsonReader reader, RecordDraft draft)
    {
        var key = JsonText.Read(ref reader, ref _key);
        reader.Read();
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                MapText(key, JsonText.Read(ref reader, ref _value), draft);
                break;
            case JsonTokenType.Number:
                MapNumber(key, ref reader, draft);
                break;
            case JsonTokenType.True or JsonTokenType.False:
                draft.Attributes.Add(key, reader.TokenType == JsonTokenType.True);
                break;
            case JsonTokenType.Null:
                draft.Attributes.AddNull(key);
                break;
            default:
                MapJson(key, JsonText.ReadRaw(line, ref reader), draft);
                break;
        }
    }

    private void MapText(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, RecordDraft draft)
    {
        switch (JsonFields.Find(key))
        {
            case JsonField.Time when draft.TimeNs == 0 && TimestampParser.TryParse(value, zone, out var timeNs):
                draft.TimeNs = timeNs;
                return;
            case JsonField.Level when draft.Severity == Severity.Unspecified && TryLevel(value, out var severity):
                draft.Severity = severity;
                return;
            case JsonField.Body when draft.SetBody(value):
            case JsonField.Template when draft.SetTemplate(value):
            case JsonField.Logger when draft.SetLogger(value):
            case JsonField.EventName when draft.SetEventName(value):
            case JsonField.TraceId when draft.SetTraceId(value):
            case JsonField.SpanId when draft.SetSpanId(value):
            case JsonField.Service when draft.SetService(value):
            case JsonField.Host when draft.SetHost(value):
                return;
            case JsonField.TraceFlags when value is [(byte)'0', (byte)'0' or (byte)'1']:
                draft.SetTraceFlags((byte)(value[1] - '0'));
                return;
            case JsonField.Stack:
                draft.Attributes.Add("exception.stacktrace"u8, value);
                return;
            default:
                draft.Attributes.Add(key, value);
                return;
        }
    }

    private static void MapNumber(ReadOnlySpan<byte> key, ref Utf8JsonReader reader, RecordDraft draft)
    {
        var text = reader.ValueSpan;
        var isWhole = reader.TryGetInt64(out var number);
        switch (JsonFields.Find(key))
        {
            case JsonField.Time when draft.TimeNs == 0 && TimestampParser.TryParseNumber(text, out var timeNs):
                draft.TimeNs = timeNs;
                return;
            case JsonField.Level when isWhole && draft.Severity == Severity.Unspecified
                && SeverityWords.TryFromNumber(number, out var severity):
                draft.Severity = severity;
                return;
            case JsonField.SeverityNumber when isWhole && number is >= 0 and <= 24:
                draft.Severity = (Severity)number;
                return;
            case JsonField.ProcessId when isWhole && draft.ProcessId is null:
                draft.ProcessId = number;
                return;
            case JsonField.TraceFlags when isWhole && number is >= 0 and <= 255:
                draft.SetTraceFlags((byte)number);
                return;
            case JsonField.Body when draft.SetBody(text):
                return;
        }

        if (isWhole)
            draft.Attributes.Add(key, number);
        else if (text.ContainsAny(".eE"u8) && reader.TryGetDouble(out var fraction) && double.IsFinite(fraction))
            draft.Attributes.Add(key, fraction);
        else
            draft.Attributes.Add(key, text);
    }

    private static void MapJson(ReadOnlySpan<byte> key, ReadOnlySpan<byte> json, RecordDraft draft)
    {
        if (JsonFields.Find(key) == JsonField.Body && draft.SetBody(json, isJson: true)) return;
        draft.Attributes.AddJson(key, json);
    }

    private static bool TryLevel(ReadOnlySpan<byte> value, out Severity severity) =>
        SeverityWords.TryParse(value, out severity) || SeverityWords.TryParseLetter(value, out severity)
        || (TimestampParser.TryDigits(value, out var number) && SeverityWords.TryFromNumber(number, out severity));
}
