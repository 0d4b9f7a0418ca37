using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Text.Json;
using Culvert.Records;

namespace Culvert.Logging;

/// <summary>Writes a value of the program as an attribute: what has a type keeps it, times are ISO 8601, lists are JSON
/// arrays.</summary>
internal static class AttributeValue
{
    /// <summary>Most elements written of one list; a list may be endless.</summary>
    private const int ElementCountMax = 256;

    public static void Add(ref AttributeWriter attributes, in LogField field)
    {
        switch (field.Kind)
        {
            case LogFieldKind.Object: Add(ref attributes, field.Key, field.Value); break;
            case LogFieldKind.Text when field.EncodedKey is { } key:
                attributes.Add(key, ((string)field.Value!).AsSpan());
                break;
            case LogFieldKind.Int64 when field.EncodedKey is { } key: attributes.Add(key, field.Int64); break;
            case LogFieldKind.Text: attributes.Add(field.Key, ((string)field.Value!).AsSpan()); break;
            case LogFieldKind.Int64: attributes.Add(field.Key, field.Int64); break;
            case LogFieldKind.Double: attributes.Add(field.Key, field.Double); break;
            case LogFieldKind.Boolean: attributes.Add(field.Key, field.Boolean); break;
        }
    }

    private static void Add(ref AttributeWriter attributes, string key, object? value)
    {
        switch (value)
        {
            case DateTime or DateTimeOffset: attributes.Add(key, Iso((IFormattable)value)); break;
            case byte[] bytes: attributes.AddBytes(System.Text.Encoding.UTF8.GetBytes(key), bytes); break;
            case IFormattable: attributes.Add(key, value); break;
            case IEnumerable list: AddList(ref attributes, key, list); break;
            default: attributes.Add(key, value); break;
        }
    }

    private static void AddList(ref AttributeWriter attributes, string key, IEnumerable list)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartArray();
            var count = 0;
            foreach (var element in list)
            {
                if (++count > ElementCountMax
                    || writer.BytesPending + writer.BytesCommitted > RecordLimits.StringBytesMax / 2) break;
                WriteElement(writer, element);
            }

            writer.WriteEndArray();
        }

        attributes.AddJson(System.Text.Encoding.UTF8.GetBytes(key), json.WrittenSpan);
    }

    private static void WriteElement(Utf8JsonWriter writer, object? element)
    {
        switch (element)
        {
            case null: writer.WriteNullValue(); break;
            case bool flag: writer.WriteBooleanValue(flag); break;
            case int number: writer.WriteNumberValue(number); break;
            case long number: writer.WriteNumberValue(number); break;
            case double number when double.IsFinite(number): writer.WriteNumberValue(number); break;
            case DateTime or DateTimeOffset: writer.WriteStringValue(Iso((IFormattable)element)); break;
            case IFormattable value: writer.WriteStringValue(value.ToString(null, CultureInfo.InvariantCulture)); break;
            default: writer.WriteStringValue(element.ToString()); break;
        }
    }

    private static string Iso(IFormattable time) => time.ToString("O", CultureInfo.InvariantCulture);
}
