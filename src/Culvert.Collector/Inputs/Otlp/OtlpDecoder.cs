using Culvert.Collector.Inputs.Http;
using Culvert.Collector.Otlp;
using Culvert.Records;

namespace Culvert.Collector.Inputs.Otlp;

/// <summary>Decodes an ExportLogsServiceRequest straight from the body into batches. Reused; one thread at a
/// time.</summary>
/// <remarks>Fields may come in any order, so a message is walked once for what its parts need and once for the parts.
/// Text that is not UTF-8 is repaired rather than refused: the record matters more than the rule.</remarks>
internal sealed class OtlpDecoder : IDisposable
{
    private readonly OtlpText _text = new();
    private readonly OtlpValueWriter _values;
    private readonly RecordBuffer _resource = new(512);
    private readonly List<(int Start, int Length)> _attributes = [];

    private readonly RecordBuffer _origin = new(256);
    private readonly bool _isOwn;

    /// <param name="isOwn">Whether the bodies are what <see cref="OtlpRecordWriter"/> wrote, one record each, so that
    /// what a collector saw of the sender is taken from them. Never for what comes from a stranger, who could claim
    /// anything.</param>
    public OtlpDecoder(bool isOwn = false) => (_isOwn, _values) = (isOwn, new OtlpValueWriter(_text));

    /// <summary>Of an own body: what the collector that took the record saw of its sender, encoded.</summary>
    public ReadOnlySpan<byte> Origin => _origin.Written;

    /// <summary>Of an own body: when that collector took it.</summary>
    public long ObservedNs { get; private set; }

    /// <summary>The records of the last body with text that was repaired.</summary>
    public int RepairedCount { get; private set; }

    /// <summary>The records of the last body that were too large to be kept.</summary>
    public int RejectedCount { get; private set; }

    public void Dispose() => _values.Dispose();

    /// <summary>Adds the body's records to the batches; false when the body is broken, and then what was added is to be
    /// thrown away.</summary>
    public bool TryDecode(ReadOnlySpan<byte> request, RecordBatches batches)
    {
        (RejectedCount, RepairedCount) = (0, 0);
        var reader = new ProtobufReader(request);
        while (reader.Next())
        {
            if (reader.Field != OtlpFields.RequestResourceLogs || reader.Type != ProtobufType.Bytes) continue;
            if (!TryDecodeResourceLogs(reader.Bytes, batches)) return false;
        }

        batches.Close();
        return !reader.IsBroken;
    }

    private bool TryDecodeResourceLogs(ReadOnlySpan<byte> message, RecordBatches batches)
    {
        if (!TryEncodeResource(message)) return false;
        batches.UseResource(_resource.Written);
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field != OtlpFields.ResourceLogsScopeLogs || reader.Type != ProtobufType.Bytes) continue;
            if (!TryDecodeScopeLogs(reader.Bytes, batches)) return false;
        }

        return !reader.IsBroken;
    }

    private bool TryEncodeResource(ReadOnlySpan<byte> resourceLogs)
    {
        _resource.Clear();
        _origin.Clear();
        var attributes = AttributeWriter.Begin(_resource);
        var origin = AttributeWriter.Begin(_origin);
        var reader = new ProtobufReader(resourceLogs);
        while (reader.Next())
        {
            if (reader.Field != OtlpFields.ResourceLogsResource || reader.Type != ProtobufType.Bytes) continue;
            var resource = new ProtobufReader(reader.Bytes);
            while (resource.Next())
            {
                if (resource.Field != OtlpFields.ResourceAttributes || resource.Type != ProtobufType.Bytes) continue;
                if (_resource.Length + resource.Length > HttpInputLimits.ResourceBytesMax) continue;
                if (!OtlpValue.TryReadPair(resource.Bytes, out var key, out var value)) return false;
                if (_isOwn && key.StartsWith(OtlpRecordWriter.OriginPrefix))
                {
                    if (!_values.Add(ref origin, key[OtlpRecordWriter.OriginPrefix.Length..], value)) return false;
                }
                else if (!_values.Add(ref attributes, key, value))
                {
                    return false;
                }
            }

            if (resource.IsBroken) return false;
        }

        attributes.End();
        origin.End();
        return !reader.IsBroken;
    }

    private bool TryDecodeScopeLogs(ReadOnlySpan<byte> message, RecordBatches batches)
    {
        ReadOnlySpan<byte> scope = default;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == OtlpFields.ScopeLogsScope && reader.Type == ProtobufType.Bytes) scope = reader.Bytes;
        }

        if (reader.IsBroken || !OtlpScope.TryRead(scope, out var parts)) return false;
        reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field != OtlpFields.ScopeLogsRecords || reader.Type != ProtobufType.Bytes) continue;
            if (!TryDecodeRecord(reader.Bytes, parts, batches)) return false;
        }

        return !reader.IsBroken;
    }

    private bool TryDecodeRecord(ReadOnlySpan<byte> message, in OtlpScope scope, RecordBatches batches)
    {
        if (!OtlpRecord.TryRead(message, _attributes, out var record)) return false;
        (_values.Truncated, _text.WasInvalid) = (false, false);
        var writer = batches.BeginRecord(record.Severity, record.TimeNs);
        if (record.HasTrace) WriteTrace(writer, record);
        if (!record.Template.IsEmpty) writer.Template(_text.Value(record.Template));
        if (!scope.Name.IsEmpty) writer.Logger(_text.Value(scope.Name));
        if (!record.EventName.IsEmpty) writer.EventName(_text.Value(record.EventName));
        if (!_values.Body(writer, record.Body)) return false;
        var attributes = writer.BeginAttributes();
        if (!TryWriteAttributes(ref attributes, message, record, scope)) return false;
        attributes.End();
        if (!batches.EndRecord(_values.Truncated || attributes.Truncated)) RejectedCount++;
        else if (_text.WasInvalid) RepairedCount++;
        return true;
    }

    private bool TryWriteAttributes(
        ref AttributeWriter attributes, ReadOnlySpan<byte> message, in OtlpRecord record, in OtlpScope scope)
    {
        foreach (var (start, length) in _attributes)
        {
            if (!OtlpValue.TryReadPair(message.Slice(start, length), out var key, out var value)) return false;
            if (value.Kind == OtlpFields.ValueText && key.SequenceEqual(OtlpRecord.TemplateKey)) continue;
            if (!_values.Add(ref attributes, key, value)) return false;
        }

        if (!record.SeverityText.IsEmpty) attributes.Add("severity_text"u8, _text.Value(record.SeverityText));
        ObservedNs = record.ObservedNs;
        if (record.ObservedDiffers && !_isOwn) attributes.Add("observed_time_unix_nano"u8, record.ObservedNs);
        if (record.DroppedAttributes > 0) attributes.Add("dropped_attributes_count"u8, record.DroppedAttributes);
        return scope.TryWriteAttributes(ref attributes, _values, _text);
    }

    // A sender may give one id without the other; zeros stand for the one that is not there, as W3C's trace context
    // has it.
    private static void WriteTrace(RecordBatchWriter writer, in OtlpRecord record)
    {
        Span<byte> trace = stackalloc byte[16];
        Span<byte> span = stackalloc byte[8];
        trace.Clear();
        span.Clear();
        if (record.TraceId.Length == trace.Length) record.TraceId.CopyTo(trace);
        if (record.SpanId.Length == span.Length) record.SpanId.CopyTo(span);
        writer.Trace(trace, span, record.TraceFlags);
    }
}
