using System.Text.Json;
using Culvert.Records;

namespace Culvert.Collector.Otlp;

/// <summary>Writes attributes as OpenTelemetry's KeyValue and AnyValue; JSON becomes arrays and key-value
/// lists.</summary>
internal static class OtlpValueEncoder
{
    /// <summary>Adds one KeyValue. What stands in an attribute list was checked at the spool's door.</summary>
    public static void Pair(RecordBuffer buffer, int field, ReadOnlySpan<byte> key, in AttributeView value)
    {
        var pair = ProtobufWriter.Begin(buffer, field);
        ProtobufWriter.Bytes(buffer, OtlpFields.KeyValueKey, key);
        var any = ProtobufWriter.Begin(buffer, OtlpFields.KeyValueValue);
        Value(buffer, value);
        ProtobufWriter.End(buffer, any);
        ProtobufWriter.End(buffer, pair);
    }

    public static void Text(RecordBuffer buffer, int field, ReadOnlySpan<byte> key, ReadOnlySpan<byte> text)
    {
        var pair = ProtobufWriter.Begin(buffer, field);
        ProtobufWriter.Bytes(buffer, OtlpFields.KeyValueKey, key);
        var any = ProtobufWriter.Begin(buffer, OtlpFields.KeyValueValue);
        ProtobufWriter.Bytes(buffer, OtlpFields.ValueText, text);
        ProtobufWriter.End(buffer, any);
        ProtobufWriter.End(buffer, pair);
    }

    private static void Value(RecordBuffer buffer, in AttributeView value)
    {
        switch (value.Type)
        {
            case AttributeType.Text: ProtobufWriter.Bytes(buffer, OtlpFields.ValueText, value.Value); break;
            case AttributeType.True: ProtobufWriter.Number(buffer, OtlpFields.ValueBool, 1); break;
            case AttributeType.False: ProtobufWriter.Number(buffer, OtlpFields.ValueBool, 0); break;
            case AttributeType.Int64: ProtobufWriter.Number(buffer, OtlpFields.ValueInt, (ulong)value.Int64); break;
            case AttributeType.Bytes: ProtobufWriter.Bytes(buffer, OtlpFields.ValueBytes, value.Value); break;
            case AttributeType.Json: Json(buffer, value.Value); break;
            case AttributeType.Double:
                ProtobufWriter.Fixed64(
                    buffer, OtlpFields.ValueDouble, BitConverter.DoubleToInt64Bits(value.Double));
                break;
        }
    }

    /// <summary>An AnyValue of JSON text; what is no JSON is a text.</summary>
    public static void Json(RecordBuffer buffer, ReadOnlySpan<byte> json)
    {
        var start = buffer.Length;
        try
        {
            var reader = new Utf8JsonReader(json);
            if (reader.Read())
            {
                JsonValue(buffer, ref reader);
                if (!reader.Read()) return;
            }
        }
        catch (JsonException)
        {
            // Said below.
        }

        buffer.Truncate(start);
        ProtobufWriter.Bytes(buffer, OtlpFields.ValueText, json);
    }

    // The reader's own depth limit of 64 bounds the recursion.
    private static void JsonValue(RecordBuffer buffer, ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject: JsonObject(buffer, ref reader); break;
            case JsonTokenType.StartArray: JsonArray(buffer, ref reader); break;
            case JsonTokenType.String: ProtobufWriter.Bytes(buffer, OtlpFields.ValueText, Unescape(reader)); break;
            case JsonTokenType.True: ProtobufWriter.Number(buffer, OtlpFields.ValueBool, 1); break;
            case JsonTokenType.False: ProtobufWriter.Number(buffer, OtlpFields.ValueBool, 0); break;
            case JsonTokenType.Number when reader.TryGetInt64(out var number):
                ProtobufWriter.Number(buffer, OtlpFields.ValueInt, (ulong)number);
                break;
            case JsonTokenType.Number:
                reader.TryGetDouble(out var value);
                ProtobufWriter.Fixed64(buffer, OtlpFields.ValueDouble, BitConverter.DoubleToInt64Bits(value));
                break;
        }
    }

    private static void JsonObject(RecordBuffer buffer, ref Utf8JsonReader reader)
    {
        var list = ProtobufWriter.Begin(buffer, OtlpFields.ValueKeyValueList);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var pair = ProtobufWriter.Begin(buffer, OtlpFields.ListValues);
            ProtobufWriter.Bytes(buffer, OtlpFields.KeyValueKey, Unescape(reader));
            reader.Read();
            var any = ProtobufWriter.Begin(buffer, OtlpFields.KeyValueValue);
            JsonValue(buffer, ref reader);
            ProtobufWriter.End(buffer, any);
            ProtobufWriter.End(buffer, pair);
        }

        ProtobufWriter.End(buffer, list);
    }

    private static void JsonArray(RecordBuffer buffer, ref Utf8JsonReader reader)
    {
        var list = ProtobufWriter.Begin(buffer, OtlpFields.ValueArray);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var any = ProtobufWriter.Begin(buffer, OtlpFields.ListValues);
            JsonValue(buffer, ref reader);
            ProtobufWriter.End(buffer, any);
        }

        ProtobufWriter.End(buffer, list);
    }

    private static ReadOnlySpan<byte> Unescape(in Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped) return reader.ValueSpan;
        var text = new byte[reader.ValueSpan.Length];
        return text.AsSpan(0, reader.CopyString(text));
    }
}
