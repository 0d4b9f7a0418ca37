using System.Collections.Frozen;

namespace Culvert.Collector.Inputs.Lines;

/// <summary>The parts of a record that a key of a JSON line may stand for.</summary>
internal enum JsonField
{
    None,
    Time,
    Level,
    SeverityNumber,
    Body,
    Template,
    Logger,
    EventName,
    TraceId,
    SpanId,
    TraceFlags,
    Service,
    Host,
    ProcessId,
    Stack,
}

/// <summary>
/// The keys that common loggers write: pino, Bunyan, winston, zap, logrus, slog, python-json-logger, Logback, ECS,
/// CLEF, .NET's JSON console, OpenTelemetry. In any case.
/// </summary>
internal static class JsonFields
{
    private static readonly FrozenDictionary<string, JsonField> Keys = new Dictionary<string, JsonField>
    {
        ["time"] = JsonField.Time, ["timestamp"] = JsonField.Time, ["@timestamp"] = JsonField.Time,
        ["ts"] = JsonField.Time,
        ["@t"] = JsonField.Time, ["datetime"] = JsonField.Time, ["asctime"] = JsonField.Time,
        ["timeUnixNano"] = JsonField.Time,
        ["level"] = JsonField.Level, ["lvl"] = JsonField.Level, ["severity"] = JsonField.Level,
        ["@l"] = JsonField.Level,
        ["log.level"] = JsonField.Level, ["levelname"] = JsonField.Level, ["loglevel"] = JsonField.Level,
        ["severityText"] = JsonField.Level, ["severity_text"] = JsonField.Level,
        ["severityNumber"] = JsonField.SeverityNumber, ["severity_number"] = JsonField.SeverityNumber,
        ["message"] = JsonField.Body, ["msg"] = JsonField.Body, ["body"] = JsonField.Body, ["@m"] = JsonField.Body,
        ["@mt"] = JsonField.Template, ["messageTemplate"] = JsonField.Template,
        ["logger"] = JsonField.Logger, ["logger_name"] = JsonField.Logger, ["log.logger"] = JsonField.Logger,
        ["category"] = JsonField.Logger, ["sourceContext"] = JsonField.Logger, ["name"] = JsonField.Logger,
        ["event.name"] = JsonField.EventName, ["eventName"] = JsonField.EventName, ["event_name"] = JsonField.EventName,
        ["trace_id"] = JsonField.TraceId, ["traceId"] = JsonField.TraceId, ["trace.id"] = JsonField.TraceId,
        ["@tr"] = JsonField.TraceId, ["otelTraceID"] = JsonField.TraceId,
        ["span_id"] = JsonField.SpanId, ["spanId"] = JsonField.SpanId, ["span.id"] = JsonField.SpanId,
        ["@sp"] = JsonField.SpanId, ["otelSpanID"] = JsonField.SpanId,
        ["trace_flags"] = JsonField.TraceFlags, ["traceFlags"] = JsonField.TraceFlags,
        ["service"] = JsonField.Service, ["service.name"] = JsonField.Service, ["service_name"] = JsonField.Service,
        ["hostname"] = JsonField.Host, ["host.name"] = JsonField.Host,
        ["pid"] = JsonField.ProcessId, ["process.pid"] = JsonField.ProcessId, ["process_id"] = JsonField.ProcessId,
        ["exception"] = JsonField.Stack, ["stack"] = JsonField.Stack, ["stacktrace"] = JsonField.Stack,
        ["stack_trace"] = JsonField.Stack, ["error.stack_trace"] = JsonField.Stack, ["exc_info"] = JsonField.Stack,
        ["exception.stacktrace"] = JsonField.Stack, ["@x"] = JsonField.Stack,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, JsonField>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        Keys.GetAlternateLookup<ReadOnlySpan<char>>();

    public static JsonField Find(ReadOnlySpan<byte> key)
    {
        if (key.Length > LineLimits.WordBytesMax) return JsonField.None;
        Span<char> characters = stackalloc char[LineLimits.WordBytesMax];
        for (var i = 0; i < key.Length; i++) characters[i] = (char)key[i];
        return Lookup.TryGetValue(characters[..key.Length], out var field) ? field : JsonField.None;
    }
}
