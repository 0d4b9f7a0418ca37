using Culvert.Collector.Records;
using Culvert.Records;

namespace Culvert.Collector.Store;

/// <summary>A record in memory of its own, so that it outlives the block it was found in. Immutable.</summary>
internal sealed class RecordCopy
{
    private readonly byte[] _bytes;
    private readonly int _traceEnd, _templateEnd, _loggerEnd, _eventEnd, _bodyEnd;
    private readonly Source _source;
    private readonly long _observedNs;
    private readonly Severity _severity;
    private readonly RecordFlags _flags;
    private readonly string? _id;

    public RecordCopy(in StoredRecord record)
    {
        var attributes = record.Attributes.Count == 0 ? default : record.Attributes.Encoded;
        (TimeNs, Position, _observedNs) = (record.TimeNs, record.Position, record.ObservedNs);
        (_severity, _flags, _source, _id) = (record.Severity, record.Flags, record.Source, record.Id);
        _traceEnd = record.Trace.Length;
        _templateEnd = _traceEnd + record.Template.Length;
        _loggerEnd = _templateEnd + record.Logger.Length;
        _eventEnd = _loggerEnd + record.EventName.Length;
        _bodyEnd = _eventEnd + record.Body.Length;
        _bytes = GC.AllocateUninitializedArray<byte>(_bodyEnd + attributes.Length);
        record.Trace.CopyTo(_bytes);
        record.Template.CopyTo(_bytes.AsSpan(_traceEnd));
        record.Logger.CopyTo(_bytes.AsSpan(_templateEnd));
        record.EventName.CopyTo(_bytes.AsSpan(_loggerEnd));
        record.Body.CopyTo(_bytes.AsSpan(_eventEnd));
        attributes.CopyTo(_bytes.AsSpan(_bodyEnd));
    }

    public long TimeNs { get; }

    public ulong Position { get; }

    public SearchCursor Cursor => new(TimeNs, Position, _id);

    /// <summary>Bytes of memory, about.</summary>
    public int Bytes => _bytes.Length + 128;

    public StoredRecord Record => new()
    {
        Position = Position,
        Id = _id,
        TimeNs = TimeNs,
        ObservedNs = _observedNs,
        Severity = _severity,
        Flags = _flags,
        Source = _source,
        Trace = _bytes.AsSpan(0, _traceEnd),
        Template = _bytes.AsSpan(_traceEnd, _templateEnd - _traceEnd),
        Logger = _bytes.AsSpan(_templateEnd, _loggerEnd - _templateEnd),
        EventName = _bytes.AsSpan(_loggerEnd, _eventEnd - _loggerEnd),
        Body = _bytes.AsSpan(_eventEnd, _bodyEnd - _eventEnd),
        Attributes = _bodyEnd == _bytes.Length ? default : AttributeList.Read(_bytes.AsSpan(_bodyEnd)),
    };
}
