using Culvert.Collector.Inputs.Otlp;
using Culvert.Collector.Otlp;

namespace Culvert.Fuzz.Targets;

/// <summary>An OpenTelemetry export of logs, in Protocol Buffers or in JSON.</summary>
internal sealed class OtlpTarget(bool isJson) : IFuzzTarget, IDisposable
{
    private const string Json = """
        {"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1700000000000000001",
        "observedTimeUnixNano":1700000000000000002,"severityNumber":"SEVERITY_NUMBER_WARN3","severityText":"WARN3",
        "body":{"kvlistValue":{"values":[{"key":"a","value":{"stringValue":"b"}}]}},"attributes":[
        {"key":"{OriginalFormat}","value":{"stringValue":"took {Ms} ms"}},{"key":"n","value":{"intValue":-3}},
        {"key":"d","value":{"doubleValue":0.5}},{"key":"t","value":{"boolValue":true}},{"key":"raw","value":{"bytesValue":"AQL/"}},
        {"key":"none","value":{}},{"key":"list","value":{"arrayValue":{"values":[{"stringValue":"a\"b"},{"intValue":"2"}]}}}],
        "droppedAttributesCount":4,"flags":1,"traceId":"0AF7651916CD43DD8448EB211C80319C","spanId":"b7ad6b7169203331",
        "eventName":"x"}],"scope":{"name":"Api","version":"1.2","attributes":[{"key":"t","value":{"stringValue":"u"}}]}}],
        "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"api"}}]}}]}
        """;

    private readonly OtlpScratch _scratch = new();

    public string Name => isJson ? "otlp-json" : "otlp";

    public IEnumerable<byte[]> Seeds => isJson ? [Samples.Utf8(Json)] : Messages();

    public IEnumerable<string> Words => isJson
        ?
        [
            "\"resource_logs\":", "\"scope_logs\":", "\"log_records\":", "{\"stringValue\":", "{\"intValue\":", "\"1e3\"",
            "{\"doubleValue\":\"NaN\"}", "{\"arrayValue\":{\"values\":[", "{\"kvlistValue\":{\"values\":[", "null", "\\ud800",
            "SEVERITY_NUMBER_", "\"-9223372036854775808\"", "\"18446744073709551615\"",
        ]
        : [];

    public void Run(ReadOnlySpan<byte> input)
    {
        if (!_scratch.TryDecode(input, isJson)) return;
        for (var i = 0; i < _scratch.Batches.Count; i++) BatchTarget.CheckOwn(_scratch.Batches.Batch(i).Span);
    }

    public void Dispose() => _scratch.Dispose();

    private static List<byte[]> Messages()
    {
        var messages = new List<byte[]>();
        var writer = new OtlpRecordWriter();
        Samples.EachRecord((in record) => messages.Add(writer.Write(record).ToArray()));
        messages.Add([.. messages.SelectMany(message => message)]);
        return messages;
    }
}
