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
    private const int ResourcesMax = 4_096;

    private readonly RecordBuffer _buffer = new(4096);
    private readonly RecordBuffer _key = new(256);
    private readonly RecordBuffer _resource = new(1024);
    private readonly Dictionary<Source, byte[]> _resources = [];

    /// <summary>Before the names of what the collector saw itself, in the resource.</summary>
    public static ReadOnlySpan<byte> OriginPrefix => "culvert.origin."u8;

    /// <summary>The message, in memory that is valid until the next call.</summary>
    public ReadOnlySpan<byte> Write(in StoredRecord record)
    {
        if (!_resources.TryGetValue(record.Source, out var resource)) resource = WriteResource(record.Source);
        _buffer.Clear();
        var logs = ProtobufWriter.Begin(_buffer, OtlpFields.RequestResourceLogs);
        _buffer.WriteBytes(resource);
        var scoped = ProtobufWriter.Begin(_buffer, OtlpFields.ResourceLogsScopeLogs);
        if (!record.Logger.IsEmpty)
        {
            ProtobufWriter.Head(
                _buffer, OtlpFields.ScopeLogsScope, ProtobufWriter.BytesSize(OtlpFields.ScopeName, record.Logger));
            ProtobufWriter.Bytes(_buffer, OtlpFields.ScopeName, record.Logger);
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
        WriteBody(record);
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

    private void WriteBody(in StoredRecord record)
    {
        if (!record.Flags.HasFlag(RecordFlags.BodyIsJson))
        {
            ProtobufWriter.Head(
                _buffer, OtlpFields.RecordBody, ProtobufWriter.BytesSize(OtlpFields.ValueText, record.Body));
            ProtobufWriter.Bytes(_buffer, OtlpFields.ValueText, record.Body);
            return;
        }

        var body = ProtobufWriter.Begin(_buffer, OtlpFields.RecordBody);
        OtlpValueEncoder.Json(_buffer, record.Body);
        ProtobufWriter.End(_buffer, body);
    }

    /// <summary>Once for a source: what it says of itself is the same in each of its records.</summary>
    private byte[] WriteResource(Source source)
    {
        if (_resources.Count >= ResourcesMax) _resources.Clear();
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
        byte[] written = [.. _resource.Written];
        _resources.Add(source, written);
        return written;
    }
}
