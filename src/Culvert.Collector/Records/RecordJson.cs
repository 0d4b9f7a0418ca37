using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Culvert.Collector.Query.Fields;
using Culvert.Records;

namespace Culvert.Collector.Records;

/// <summary>
/// A record as JSON, the same for the API, the command line, downloads and the live tail; docs/query.md describes it.
/// Parts that a record lacks are left out. It never holds a line break, so that records can stand one on a line.
/// </summary>
internal static class RecordJson
{
    /// <summary>For the writer: text stays readable, and the writer's own checks are left out. What is written is data
    /// for JSON readers; it must not be pasted into a page unescaped.</summary>
    public static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    public static void Write(Utf8JsonWriter writer, in StoredRecord record)
    {
        Span<byte> buffer = stackalloc byte[TraceText.TraceIdLength];
        writer.WriteStartObject();
        writer.WriteNumber("position"u8, record.Position);
        if (record.Id is not null) writer.WriteString("id"u8, record.Id);
        writer.WriteString("time"u8, RecordTime.Format(record.TimeNs, buffer));
        writer.WriteString("observed"u8, RecordTime.Format(record.ObservedNs, buffer));
        writer.WriteString("level"u8, LevelText.Name(record.Severity));
        writer.WriteNumber("severity"u8, (int)record.Severity);
        WriteSource(writer, record.Source, record.Attributes);
        WriteTexts(writer, record);
        WriteList(writer, "attributes"u8, record.Attributes);
        WriteList(writer, "resource"u8, record.Source.Resource);
        WriteList(writer, "origin"u8, record.Source.Origin);
        writer.WriteEndObject();
    }

    /// <summary>What a record has beside its head, its source and its attributes.</summary>
    public static void WriteTexts(Utf8JsonWriter writer, in StoredRecord record)
    {
        Span<byte> buffer = stackalloc byte[TraceText.TraceIdLength];
        WriteText(writer, "logger"u8, record.Logger);
        WriteText(writer, "event"u8, record.EventName);
        WriteText(writer, "template"u8, record.Template);
        if (record.Trace.Length == RecordLayout.TraceBytes)
        {
            writer.WriteString("trace"u8, TraceText.TraceId(record.Trace, buffer));
            writer.WriteString("span"u8, TraceText.SpanId(record.Trace, buffer));
        }

        writer.WriteString("body"u8, record.Body);
        if (record.Flags.HasFlag(RecordFlags.Truncated)) writer.WriteBoolean("truncated"u8, true);
    }

    /// <summary>One value, under the key that was written before.</summary>
    public static void WriteValue(Utf8JsonWriter writer, in AttributeView value)
    {
        switch (value.Type)
        {
            case AttributeType.Text:
                writer.WriteStringValue(value.Value);
                break;
            case AttributeType.True or AttributeType.False:
                writer.WriteBooleanValue(value.Type == AttributeType.True);
                break;
            case AttributeType.Int64:
                writer.WriteNumberValue(value.Int64);
                break;
            case AttributeType.Double when double.IsFinite(value.Double):
                writer.WriteNumberValue(value.Double);
                break;
            case AttributeType.Double:
                // JSON has no such numbers, so they are written by name, as Protocol Buffers' JSON does.
                writer.WriteStringValue(
                    double.IsNaN(value.Double) ? "NaN" : value.Double > 0 ? "Infinity" : "-Infinity");
                break;
            case AttributeType.Bytes:
                writer.WriteBase64StringValue(value.Value);
                break;
            case AttributeType.Json:
                WriteJson(writer, value.Value);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }

    private static void WriteSource(Utf8JsonWriter writer, Source source, AttributeList attributes)
    {
        if (source.Service.Length > 0) writer.WriteString("service"u8, source.Service);
        if (source.Host.Length > 0) writer.WriteString("host"u8, source.Host);
        // An attribute of that name comes first, as in a query: a journal's entry is of the process that it names.
        if (TryFind(attributes, "pid"u8, AttributeType.Int64, out var pid)
            || source.Origin.TryFind("peer.pid"u8, out pid) || source.Resource.TryFind("process.pid"u8, out pid))
        {
            writer.WritePropertyName("pid"u8);
            WriteValue(writer, pid);
        }

        if (TryFind(attributes, "user"u8, AttributeType.Text, out var user)
            || source.Origin.TryFind("peer.user"u8, out user) || source.Resource.TryFind("process.owner"u8, out user))
        {
            writer.WritePropertyName("user"u8);
            WriteValue(writer, user);
        }
    }

    private static bool TryFind(
        AttributeList attributes, ReadOnlySpan<byte> key, AttributeType type, out AttributeView found) =>
        attributes.TryFind(key, out found) && found.Type == type;

    private static void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        if (!text.IsEmpty) writer.WriteString(name, text);
    }

    private static void WriteList(Utf8JsonWriter writer, ReadOnlySpan<byte> name, AttributeList list)
    {
        writer.WriteStartObject(name);
        foreach (var attribute in list)
        {
            writer.WritePropertyName(attribute.Key);
            WriteValue(writer, attribute);
        }

        writer.WriteEndObject();
    }

    /// <summary>Writes the JSON as it is, its line breaks as spaces (in valid JSON they stand between values only);
    /// what
    /// is no JSON is written as text.</summary>
    private static void WriteJson(Utf8JsonWriter writer, ReadOnlySpan<byte> json)
    {
        if (!IsJson(json))
        {
            writer.WriteStringValue(json);
            return;
        }

        if (!json.ContainsAny((byte)'\n', (byte)'\r'))
        {
            writer.WriteRawValue(json, skipInputValidation: true);
            return;
        }

        var copy = ArrayPool<byte>.Shared.Rent(json.Length);
        json.CopyTo(copy);
        copy.AsSpan(0, json.Length).Replace((byte)'\n', (byte)' ');
        copy.AsSpan(0, json.Length).Replace((byte)'\r', (byte)' ');
        writer.WriteRawValue(copy.AsSpan(0, json.Length), skipInputValidation: true);
        ArrayPool<byte>.Shared.Return(copy);
    }

    private static bool IsJson(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json)) return false;
        try
        {
            var reader = new Utf8JsonReader(json);
            var isAny = false;
            while (reader.Read()) isAny = true;
            return isAny;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
