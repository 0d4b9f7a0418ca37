using System.Globalization;
using System.Text;
using System.Text.Json;
using Culvert.Collector.Query.Fields;
using Culvert.Collector.Records;
using Culvert.Records;

namespace Culvert.Collector.Web.Api;

/// <summary>Counts which fields a sample of records has, and their most frequent values. One thread.</summary>
internal sealed class FieldSample
{
    /// <summary>Records in a sample.</summary>
    public const int RecordCountMax = 1_000;

    private const int FieldCountMax = 200;
    private const int ValueLengthMax = 200;
    private const int ValuesShown = 10;

    // These come first, in this order; the rest by how many records have them.
    private static readonly string[] First = ["level", "service", "host", "input", "logger", "event"];

    private readonly Dictionary<string, Field> _fields = new(StringComparer.Ordinal);
    private int _records;

    public void Add(in StoredRecord record)
    {
        _records++;
        Count("level", LevelText.Name(record.Severity));
        Count("service", record.Source.Service);
        Count("host", record.Source.Host);
        Count("input", record.Source.Input);
        Count("logger", Encoding.UTF8.GetString(record.Logger));
        Count("event", Encoding.UTF8.GetString(record.EventName));
        foreach (var attribute in record.Attributes)
        {
            var name = FieldNames.OfAttribute(Encoding.UTF8.GetString(attribute.Key));
            switch (attribute.Type)
            {
                case AttributeType.Text: Count(name, Encoding.UTF8.GetString(attribute.Value)); break;
                case AttributeType.Int64:
                    Count(name, attribute.Int64.ToString(CultureInfo.InvariantCulture), true);
                    break;
                case AttributeType.Double:
                    Count(name, attribute.Double.ToString(CultureInfo.InvariantCulture), double.IsFinite(
                        attribute.Double));
                    break;
                case AttributeType.True: Count(name, "true", true); break;
                case AttributeType.False: Count(name, "false", true); break;
            }
        }
    }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("sampled"u8, _records);
        writer.WriteStartArray("fields"u8);
        foreach (var field in _fields.OrderBy(f => Rank(f.Key)).ThenByDescending(f => f.Value.Records).ThenBy(
            f => f.Key, StringComparer.Ordinal))
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, field.Key);
            writer.WriteNumber("count"u8, field.Value.Records);
            writer.WriteNumber("distinct"u8, field.Value.Values.Count);
            writer.WriteStartArray("values"u8);
            foreach (var (value, count) in field.Value.Values.OrderByDescending(v => v.Value).ThenBy(v => v.Key.Text,
                StringComparer.Ordinal).Take(ValuesShown))
            {
                writer.WriteStartObject();
                writer.WritePropertyName("value"u8);
                if (value.IsRaw) writer.WriteRawValue(value.Text);
                else writer.WriteStringValue(value.Text);
                writer.WriteNumber("count"u8, count);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void Count(string name, string value, bool isRaw = false)
    {
        // A stack trace is no value that anyone would choose from a list.
        if (value.Length is 0 or > ValueLengthMax) return;
        if (!_fields.TryGetValue(name, out var field))
        {
            if (_fields.Count >= FieldCountMax) return;
            _fields[name] = field = new Field();
        }

        field.Records++;
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(field.Values,
            new Value(value, isRaw), out _)++;
    }

    private static int Rank(string name)
    {
        var rank = Array.IndexOf(First, name);
        return rank < 0 ? First.Length : rank;
    }

    private readonly record struct Value(string Text, bool IsRaw);

    private sealed class Field
    {
        public int Records { get; set; }

        public Dictionary<Value, int> Values { get; } = [];
    }
}
