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
        if (value.Type != AttributeType.Json)
        {
            Head(buffer, field, key, ValueSize(value));
            Value(buffer, value);
            return;
        }

        var pair = ProtobufWriter.Begin(buffer, field);
        ProtobufWriter.Bytes(buffer, OtlpFields.KeyValueKey, key);
        var any = ProtobufWriter.Begin(buffer, OtlpFields.KeyValueValue);
        Json(buffer, value.Value);
        ProtobufWriter.End(buffer, any);
        ProtobufWriter.End(buffer, pair);
    }

    public static void Text(RecordBuffer buffer, int field, ReadOnlySpan<byte> key, ReadOnlySpan<byte> text)
    {
        Head(buffer, field, key, ProtobufWriter.BytesSize(OtlpFields.ValueText, text));
        ProtobufWriter.Bytes(buffer, OtlpFields.ValueText, text);
    }

    /// <summary>All of a KeyValue but the value's own bytes.</summary>
    private static void Head(RecordBuffer buffer, int field, ReadOnlySpan<byte> key, int valueSize)
    {
        const int TagBytes = 1;
        ProtobufWriter.Head(
            buffer, field,
            ProtobufWriter.BytesSize(OtlpFields.KeyValueKey, key)
                + TagBytes + Varint.Size((ulong)valueSize) + valueSize);
        ProtobufWriter.Bytes(buffer, OtlpFields.KeyValueKey, key);
        ProtobufWriter.Head(buffer, OtlpFields.KeyValueValue, valueSize);
    }

    /// <summary>How many bytes <see cref="Value"/> writes.</summary>
    private static int ValueSize(in AttributeView value)
    {
        const int TagBytes = 1;
        return value.Type switch
        {
            AttributeType.Text or AttributeType.Bytes => ProtobufWriter.BytesSize(OtlpFields.ValueText, value.Value),
            AttributeType.True or AttributeType.False => TagBytes + 1,
            AttributeType.Int64 => TagBytes + Varint.Size((ulong)value.Int64),
            AttributeType.Double => TagBytes + sizeof(double),
            _ => 0,
        };
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
