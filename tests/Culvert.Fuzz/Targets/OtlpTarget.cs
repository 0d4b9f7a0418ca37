using Culvert.Collector.Inputs.Otlp;
using Culvert.Collector.Otlp;

namespace Culvert.Fuzz.Targets;

/// <summary>An OpenTelemetry export of logs, in Protocol Buffers or in JSON.</summary>
internal sealed class OtlpTarget(bool isJson) : IFuzzTarget, IDisposable
{
    private readonly OtlpScratch _scratch = new();

    public string Name => isJson ? "otlp-json" : "otlp";

    public IEnumerable<byte[]> Seeds => isJson ? [] : Messages();

    public IEnumerable<string> Words => isJson
        ?
        [
            "\"resource_logs\":", "\"scope_logs\":", "\"log_records\":", "{\"stringValue\":", "{\"intValue\":",
            "{\"doubleValue\":\"NaN\"}", "{\"arrayValue\":{\"values\":[", "{\"kvlistValue\":{\"values\":[",
            "null", "\\ud800", "\"1e3\"",
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
