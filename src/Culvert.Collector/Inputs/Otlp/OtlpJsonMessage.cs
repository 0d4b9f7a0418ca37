using System.Text;
using System.Text.Json;
using Culvert.Collector.Otlp;

namespace Culvert.Collector.Inputs.Otlp;

/// <summary>The fields of one message in OTLP's JSON. Names are accepted in lowerCamelCase, which the specification
/// asks
/// for, and in the snake_case of the .proto files, which several senders write.</summary>
internal sealed class OtlpJsonMessage
{
    private (byte[] Camel, byte[] Snake, OtlpJsonField Field)[] _fields = [];

    private OtlpJsonMessage()
    {
    }

    public static OtlpJsonMessage Request { get; } = MakeRequest();

    /// <summary>The field whose name the reader stands on, or null for one that is not known.</summary>
    public OtlpJsonField? Find(ref Utf8JsonReader reader)
    {
        foreach (var (camel, snake, field) in _fields)
        {
            if (reader.ValueTextEquals(camel) || reader.ValueTextEquals(snake)) return field;
        }

        return null;
    }

    private static OtlpJsonMessage MakeRequest()
    {
        var value = new OtlpJsonMessage();
        var pair = Of(
            new("key", OtlpFields.KeyValueKey, OtlpJsonKind.Text),
            new("value", OtlpFields.KeyValueValue, OtlpJsonKind.Message, value));
        value.Set(
            new("stringValue", OtlpFields.ValueText, OtlpJsonKind.Text),
            new("boolValue", OtlpFields.ValueBool, OtlpJsonKind.Bool),
            new("intValue", OtlpFields.ValueInt, OtlpJsonKind.Integer),
            new("doubleValue", OtlpFields.ValueDouble, OtlpJsonKind.Double),
            new("bytesValue", OtlpFields.ValueBytes, OtlpJsonKind.Base64),
            new("arrayValue", OtlpFields.ValueArray, OtlpJsonKind.Message,
                Of(Many("values", OtlpFields.ListValues, value))),
            new("kvlistValue", OtlpFields.ValueKeyValueList, OtlpJsonKind.Message,
                Of(Many("values", OtlpFields.ListValues, pair))));
        var record = Of(
            new("timeUnixNano", OtlpFields.RecordTime, OtlpJsonKind.Fixed64),
            new("observedTimeUnixNano", OtlpFields.RecordObservedTime, OtlpJsonKind.Fixed64),
            new("severityNumber", OtlpFields.RecordSeverityNumber, OtlpJsonKind.Severity),
            new("severityText", OtlpFields.RecordSeverityText, OtlpJsonKind.Text),
            new("body", OtlpFields.RecordBody, OtlpJsonKind.Message, value),
            Many("attributes", OtlpFields.RecordAttributes, pair),
            new("droppedAttributesCount", OtlpFields.RecordDroppedAttributes, OtlpJsonKind.Integer),
            new("flags", OtlpFields.RecordFlags, OtlpJsonKind.Fixed32),
            new("traceId", OtlpFields.RecordTraceId, OtlpJsonKind.Hex),
            new("spanId", OtlpFields.RecordSpanId, OtlpJsonKind.Hex),
            new("eventName", OtlpFields.RecordEventName, OtlpJsonKind.Text));
        var scope = Of(
            new("name", OtlpFields.ScopeName, OtlpJsonKind.Text),
            new("version", OtlpFields.ScopeVersion, OtlpJsonKind.Text),
            Many("attributes", OtlpFields.ScopeAttributes, pair));
        var scopeLogs = Of(
            new("scope", OtlpFields.ScopeLogsScope, OtlpJsonKind.Message, scope),
            Many("logRecords", OtlpFields.ScopeLogsRecords, record));
        var resourceLogs = Of(
            new("resource", OtlpFields.ResourceLogsResource, OtlpJsonKind.Message,
                Of(Many("attributes", OtlpFields.ResourceAttributes, pair))),
            Many("scopeLogs", OtlpFields.ResourceLogsScopeLogs, scopeLogs));
        return Of(Many("resourceLogs", OtlpFields.RequestResourceLogs, resourceLogs));
    }

    private static OtlpJsonField Many(string name, int number, OtlpJsonMessage message) =>
        new(name, number, OtlpJsonKind.Message, message, Repeated: true);

    private static OtlpJsonMessage Of(params OtlpJsonField[] fields)
    {
        var message = new OtlpJsonMessage();
        message.Set(fields);
        return message;
    }

    private void Set(params OtlpJsonField[] fields) =>
        _fields = [.. fields.Select(field =>
            (Encoding.UTF8.GetBytes(field.Name), Encoding.UTF8.GetBytes(ToSnake(field.Name)), field))];

    private static string ToSnake(string camel) =>
        string.Concat(camel.Select(letter => char.IsUpper(letter) ? "_" + char.ToLowerInvariant(letter)
            : letter.ToString()));
}
