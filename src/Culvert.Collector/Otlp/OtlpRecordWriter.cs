using Culvert.Collector.Records;
using Culvert.Records;

namespace Culvert.Collector.Otlp;

/// <summary>
/// Writes one record with its resource as an ExportLogsServiceRequest of one LogRecord, which every receiver of
/// OpenTelemetry's logs reads; see <see cref="OtlpFields"/>. The message template is the attribute
/// <c>{OriginalFormat}</c>, as .NET's exporter has it; what the collector saw of the sender itself is in the resource,
/// under <c>culvert.origin.</c>.
/// </summary>
/// <remarks>Reused; one thread.</remarks>
internal sealed class OtlpRecordWriter
{
    private readonly RecordBuffer _buffer = new(4096);
    private readonly RecordBuffer _key = new(256);
    private readonly RecordBuffer _resource = new(1024);
    private Source? _source;

    /// <summary>Before the names of what the collector saw itself, in the resource.</summary>
    public static ReadOnlySpan<byte> OriginPrefix => "culvert.origin."u8;

    /// <summary>The message, in memory that is valid until the next call.</summary>
    public ReadOnlySpan<byte> Write(in StoredRecord record)
    {
        if (!ReferenceEquals(record.Source, _source)) WriteResource(record.Source);
        _buffer.Clear();
        var logs = ProtobufWriter.Begin(_buffer, OtlpFields.RequestResourceLogs);
        _buffer.WriteBytes(_resource.Written);
        var scoped = ProtobufWriter.Begin(_buffer, OtlpFields.ResourceLogsScopeLogs);
        if (!record.Logger.IsEmpty)
        {
            var scope = ProtobufWriter.Begin(_buffer, OtlpFields.ScopeLogsScope);
            ProtobufWriter.Bytes(_buffer, OtlpFields.ScopeName, record.Logger);
            ProtobufWriter.End(_buffer, scope);
        }

        var message = ProtobufWriter.Begin(_buffer, OtlpFields.ScopeLogsRecords);
        WriteRecord(record);
        ProtobufWriter.End(_buffer, message);
        ProtobufWriter.End(_buffer, scoped);
        ProtobufWriter.End(_buffer, logs);
        return _buffer.Written;
    }

    private void WriteRecord(in StoredRecord record)
    {
        ProtobufWriter.Fixed64(_buffer, OtlpFields.RecordTime, Math.Max(0, record.TimeNs));
        ProtobufWriter.Fixed64(_buffer, OtlpFields.RecordObservedTime, record.ObservedNs);
        ProtobufWriter.Number(_buffer, OtlpFields.RecordSeverityNumber, (ulong)record.Severity);
        var body = ProtobufWriter.Begin(_buffer, OtlpFields.RecordBody);
        if (record.Flags.HasFlag(RecordFlags.BodyIsJson)) OtlpValueEncoder.Json(_buffer, record.Body);
        else ProtobufWriter.Bytes(_buffer, OtlpFields.ValueText, record.Body);
        ProtobufWriter.End(_buffer, body);
        if (!record.Template.IsEmpty)
            OtlpValueEncoder.Text(
                _buffer, OtlpFields.RecordAttributes, "{OriginalFormat}"u8, record.Template);
        foreach (var attribute in record.Attributes)
            OtlpValueEncoder.Pair(_buffer, OtlpFields.RecordAttributes, attribute.Key, attribute);
        if (!record.EventName.IsEmpty)
            ProtobufWriter.Bytes(_buffer, OtlpFields.RecordEventName, record.EventName);
        if (record.Trace.IsEmpty) return;
        ProtobufWriter.Fixed32(_buffer, OtlpFields.RecordFlags, record.Trace[24]);
        ProtobufWriter.Bytes(_buffer, OtlpFields.RecordTraceId, record.Trace[..16]);
        ProtobufWriter.Bytes(_buffer, OtlpFields.RecordSpanId, record.Trace[16..24]);
    }

    private void WriteResource(Source source)
    {
        _resource.Clear();
        var resource = ProtobufWriter.Begin(_resource, OtlpFields.ResourceLogsResource);
        foreach (var attribute in source.Resource)
            OtlpValueEncoder.Pair(_resource, OtlpFields.ResourceAttributes, attribute.Key, attribute);
        foreach (var attribute in source.Origin)
        {
            _key.Clear();
            _key.WriteBytes(OriginPrefix);
            _key.WriteBytes(attribute.Key);
            OtlpValueEncoder.Pair(_resource, OtlpFields.ResourceAttributes, _key.Written, attribute);
        }

        ProtobufWriter.End(_resource, resource);
        _source = source;
    }
}
