using System.Buffers.Text;
using Culvert.Records;

namespace Culvert.Collector.Inputs.Lines;

/// <summary>
/// One record while it is read from text, where its parts come in any order. Reused: <see cref="Clear"/> keeps the
/// memory. One thread at a time.
/// </summary>
/// <remarks>All text that is set must be valid UTF-8. The first value set for a part stays; the setters return false
/// for a further one, so that the caller can keep it as an attribute.</remarks>
internal sealed class RecordDraft
{
    private readonly RecordBuffer _text = new(1024);
    private readonly RecordBuffer _attributes = new(1024);
    private readonly byte[] _trace = new byte[RecordLayout.TraceBytes];
    private AttributeWriter _writer;
    private Part _body;
    private Part _template;
    private Part _logger;
    private Part _eventName;
    private Part _service;
    private Part _host;
    private bool _hasTraceId;
    private bool _hasSpanId;

    public RecordDraft() => Clear();

    public Severity Severity { get; set; }

    /// <summary>Nanoseconds since 1970 UTC; 0 is not known.</summary>
    public long TimeNs { get; set; }

    public bool BodyIsJson { get; private set; }

    public bool Truncated { get; set; }

    /// <summary>The process that the text names, which stands in the resource.</summary>
    public long? ProcessId { get; set; }

    /// <summary>The attributes written so far go on here.</summary>
    public ref AttributeWriter Attributes => ref _writer;

    public ReadOnlySpan<byte> Body => Text(_body);

    public bool HasBody => _body.IsSet;

    public ReadOnlySpan<byte> Logger => Text(_logger);

    /// <summary>The service that the text names, or empty.</summary>
    public ReadOnlySpan<byte> Service => Text(_service);

    /// <summary>The host that the text names, or empty.</summary>
    public ReadOnlySpan<byte> Host => Text(_host);

    public ReadOnlySpan<byte> Template => Text(_template);

    public void Clear()
    {
        _text.Clear();
        _attributes.Clear();
        _writer = AttributeWriter.Begin(_attributes);
        _body = _template = _logger = _eventName = _service = _host = default;
        _hasTraceId = _hasSpanId = false;
        _trace.AsSpan().Clear();
        Severity = Severity.Unspecified;
        TimeNs = 0;
        BodyIsJson = false;
        Truncated = false;
        ProcessId = null;
    }

    public bool SetBody(ReadOnlySpan<byte> utf8, bool isJson = false)
    {
        if (!Set(ref _body, utf8)) return false;
        BodyIsJson = isJson;
        return true;
    }

    public bool SetTemplate(ReadOnlySpan<byte> utf8) => Set(ref _template, utf8);

    public bool SetLogger(ReadOnlySpan<byte> utf8) => Set(ref _logger, utf8);

    public bool SetEventName(ReadOnlySpan<byte> utf8) => Set(ref _eventName, utf8);

    public bool SetService(ReadOnlySpan<byte> utf8) => !utf8.IsEmpty && Set(ref _service, utf8);

    public bool SetHost(ReadOnlySpan<byte> utf8) => !utf8.IsEmpty && Set(ref _host, utf8);

    /// <summary>Takes 32 hexadecimal digits that are not all zero.</summary>
    public bool SetTraceId(ReadOnlySpan<byte> hex) => SetId(ref _hasTraceId, hex, _trace.AsSpan(0, 16));

    /// <summary>Takes 16 hexadecimal digits that are not all zero.</summary>
    public bool SetSpanId(ReadOnlySpan<byte> hex) => SetId(ref _hasSpanId, hex, _trace.AsSpan(16, 8));

    public void SetTraceFlags(byte flags) => _trace[24] = flags;

    /// <summary>Adds the record to a batch. False, and the batch unchanged, when the record is over the limit of
    /// one.</summary>
    public bool WriteTo(RecordBatchWriter batch, int resource, ulong gap = 0)
    {
        batch.BeginRecord(resource, Severity, TimeNs, gap);
        if (_hasTraceId) batch.Trace(_trace.AsSpan(0, 16), _trace.AsSpan(16, 8), _trace[24]);
        if (_template.IsSet) batch.Template(Text(_template));
        if (_logger.IsSet) batch.Logger(Text(_logger));
        if (_eventName.IsSet) batch.EventName(Text(_eventName));
        batch.Body(Text(_body), BodyIsJson);
        _writer.End();
        batch.Attributes(_attributes.Written);
        return batch.EndRecord(Truncated || _writer.Truncated);
    }

    private static bool SetId(ref bool isSet, ReadOnlySpan<byte> hex, Span<byte> id)
    {
        if (isSet || hex.Length != id.Length * 2) return false;
        for (var i = 0; i < id.Length; i++)
        {
            if (!Utf8Parser.TryParse(hex.Slice(i * 2, 2), out byte value, out var used, 'x') || used != 2)
            {
                id.Clear();
                return false;
            }

            id[i] = value;
        }

        return isSet = id.ContainsAnyExcept((byte)0);
    }

    private bool Set(ref Part part, ReadOnlySpan<byte> utf8)
    {
        if (part.IsSet) return false;
        part = new Part(true, _text.Length, utf8.Length);
        _text.WriteBytes(utf8);
        return true;
    }

    private ReadOnlySpan<byte> Text(Part part) => _text.Written.Slice(part.Start, part.Length);

    private readonly record struct Part(bool IsSet, int Start, int Length);
}
