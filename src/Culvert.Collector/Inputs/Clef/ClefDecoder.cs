using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Culvert.Collector.Inputs.Http;
using Culvert.Collector.Inputs.Lines;
using Culvert.Collector.Inputs.Text;
using Culvert.Records;

namespace Culvert.Collector.Inputs.Clef;

/// <summary>
/// Decodes newline-delimited CLEF into batches; source: docs.datalust.co, "Posting raw events". Reused; one thread at a
/// time.
/// </summary>
/// <remarks>A broken line costs itself: it is counted, and the others are kept. Seq refuses the whole payload, and a
/// sink
/// then drops it, so one bad event would take up to a thousand good ones with it.</remarks>
internal sealed class ClefDecoder
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = HttpInputLimits.ValueDepthMax };

    private readonly ClefTemplate _template = new();
    private readonly ClefResource _resource = new();
    private readonly JsonStrings _strings = new();

    /// <summary>Lines of the last body that are no CLEF event.</summary>
    public int MalformedCount { get; private set; }

    /// <summary>Events of the last body that were too large to be kept.</summary>
    public int TooLongCount { get; private set; }

    /// <summary>What is wrong with the first broken line, as a sentence.</summary>
    public string? Problem { get; private set; }

    public void Decode(ReadOnlyMemory<byte> body, RecordBatches batches)
    {
        (MalformedCount, TooLongCount, Problem) = (0, 0, null);
        if (body.Span.StartsWith("\uFEFF"u8)) body = body[3..];
        for (var line = 1; !body.IsEmpty; line++)
        {
            var end = body.Span.IndexOf((byte)'\n');
            var content = end < 0 ? body : body[..end];
            body = end < 0 ? default : body[(end + 1)..];
            if (!content.Span.Trim(" \t\r"u8).IsEmpty) DecodeLine(content, line, batches);
        }

        batches.Close();
    }

    private void DecodeLine(ReadOnlyMemory<byte> line, int number, RecordBatches batches)
    {
        if (!Utf8.IsValid(line.Span))
        {
            CountMalformed($"Line {number} is not UTF-8.");
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(line, Options);
            if (document.RootElement.ValueKind == JsonValueKind.Object) Write(document.RootElement, batches);
            else CountMalformed($"Line {number} is not a JSON object.");
        }
        catch (JsonException broken)
        {
            CountMalformed($"Line {number} is not JSON, from byte {broken.BytePositionInLine + 1} of it.");
        }
    }

    private void CountMalformed(string problem)
    {
        MalformedCount++;
        Problem ??= problem;
    }

    private void Write(JsonElement root, RecordBatches batches)
    {
        var known = default(ClefEvent);
        foreach (var property in root.EnumerateObject()) known.TryTake(_strings.Name(property), property.Value);
        batches.UseResource(_resource.Encode(root, known.ResourceAttributes));
        var hasTime = TryTime(known.Time, out var timeNs);
        var severity = Level(known.Level);
        var record = batches.BeginRecord(severity, timeNs);
        WriteTrace(record, known);
        if (Has(known.Template)) record.Template(_strings.Get(known.Template));
        if (Has(known.SourceContext)) record.Logger(_strings.Get(known.SourceContext));
        WriteBody(record, root, known);
        var attributes = record.BeginAttributes();
        WriteKnown(ref attributes, known, hasTime, severity);
        WriteProperties(ref attributes, root);
        attributes.End();
        if (!batches.EndRecord(attributes.Truncated)) TooLongCount++;
    }

    private void WriteBody(RecordBatchWriter record, JsonElement root, in ClefEvent known)
    {
        if (Has(known.Message)) record.Body(_strings.Get(known.Message));
        else if (Has(known.Template))
            record.Body(_template.Render(_strings.Get(known.Template), root, known.Renderings));
        else record.Body(Has(known.Exception) ? FirstLine(_strings.Get(known.Exception)) : ""u8);
    }

    private void WriteKnown(ref AttributeWriter attributes, in ClefEvent known, bool hasTime, Severity severity)
    {
        // What could not be understood is kept as it came.
        if (Has(known.Time) && !hasTime) attributes.Add("@t"u8, _strings.Get(known.Time));
        if (severity == Severity.Unspecified) attributes.Add("severity_text"u8, _strings.Get(known.Level));
        if (Has(known.Exception)) ClefException.Write(ref attributes, _strings.Get(known.Exception));
        if (Has(known.EventId)) JsonAttributes.Add(ref attributes, "event.id"u8, known.EventId, _strings);
        if (!Has(known.ScopeAttributes)) return;
        foreach (var property in known.ScopeAttributes.EnumerateObject())
        {
            var name = Encoding.UTF8.GetBytes("otel.scope." + Encoding.UTF8.GetString(_strings.Name(property)));
            JsonAttributes.Add(ref attributes, name, property.Value, _strings);
        }
    }

    private void WriteProperties(ref AttributeWriter attributes, JsonElement root)
    {
        var taken = default(ClefEvent);
        foreach (var property in root.EnumerateObject())
        {
            var name = _strings.Name(property);
            if (taken.TryTake(name, property.Value)) continue;
            if (name.StartsWith("@@"u8)) name = name[1..];
            JsonAttributes.Add(ref attributes, name.ToArray(), property.Value, _strings);
        }
    }

    private void WriteTrace(RecordBatchWriter record, in ClefEvent known)
    {
        Span<byte> trace = stackalloc byte[16];
        Span<byte> span = stackalloc byte[8];
        trace.Clear();
        span.Clear();
        var any = TryHex(known.TraceId, trace);
        any |= TryHex(known.SpanId, span);
        if (any) record.Trace(trace, span, 0);
    }

    private bool TryHex(JsonElement element, Span<byte> destination)
    {
        if (!Has(element)) return false;
        var text = _strings.Get(element);
        return text.Length == destination.Length * 2
            && Convert.FromHexString(text, destination, out _, out _) == System.Buffers.OperationStatus.Done;
    }

    // No level means Information, so that the commonest one costs nothing on the wire.
    private Severity Level(JsonElement level) => !Has(level) ? Severity.Info
        : SeverityWords.TryParse(_strings.Get(level), out var severity) ? severity
        : Severity.Unspecified;

    private bool TryTime(JsonElement element, out long ns)
    {
        ns = 0;
        if (!Has(element)) return false;
        return TimestampParser.TryParse(_strings.Get(element), TimeZoneInfo.Utc, out ns);
    }

    private static bool Has(JsonElement element) => element.ValueKind != JsonValueKind.Undefined;

    private static ReadOnlySpan<byte> FirstLine(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAny((byte)'\r', (byte)'\n');
        return end < 0 ? text : text[..end];
    }
}
