using System.Buffers;
using System.Diagnostics;

namespace Culvert.Records;

/// <summary>
/// Builds a batch of records; see <see cref="RecordLayout"/>. Reused: <see cref="Clear"/> keeps the memory.
/// </summary>
/// <remarks>One thread at a time. A record is begun, its optional parts are written in the order of the methods here,
/// then its attributes, then it is ended.</remarks>
internal sealed class RecordBatchWriter
{
    private const int RecordBytesWidth = 3;

    private readonly RecordBuffer _resources = new(512);
    private readonly RecordBuffer _records = new(RecordLimits.BatchBytesTarget);
    private int _recordStart = -1;
    private int _flagsAt;
    private RecordFlags _flags;

    public int ResourceCount { get; private set; }

    public int RecordCount { get; private set; }

    /// <summary>Size of the batch if it were finished now, within a few bytes.</summary>
    public int Bytes => _resources.Length + _records.Length + 16;

    public bool IsEmpty => RecordCount == 0;

    /// <summary>The records that were ended, as they stand in the batch.</summary>
    public ReadOnlySpan<byte> Records => _records.Written;

    /// <summary>Whether the batch should be closed before another record is begun.</summary>
    public bool IsFull =>
        Bytes >= RecordLimits.BatchBytesTarget || RecordCount == RecordLimits.BatchRecordCountMax
        || ResourceCount == RecordLimits.BatchResourceCountMax;

    /// <summary>Adds a resource, encoded by <see cref="AttributeWriter"/>, and returns its index. The caller looks for
    /// one that is there already.</summary>
    public int AddResource(ReadOnlySpan<byte> encodedAttributes)
    {
        _resources.WriteBytes(encodedAttributes);
        return ResourceCount++;
    }

    public void BeginRecord(int resource, Severity severity, long timeNs, ulong gap = 0)
    {
        Debug.Assert(_recordStart < 0, "The record before was ended.");
        Debug.Assert(resource < ResourceCount, "The resource was added.");
        _recordStart = _records.ReserveVarint(RecordBytesWidth);
        _records.WriteVarint(gap);
        _records.WriteVarint((ulong)resource);
        _records.WriteByte((byte)severity);
        _flagsAt = _records.Length;
        _flags = RecordFlags.None;
        _records.WriteByte(0);
        _records.WriteInt64(timeNs);
    }

    public void Trace(ReadOnlySpan<byte> traceId, ReadOnlySpan<byte> spanId, byte traceFlags)
    {
        Debug.Assert(traceId.Length == 16 && spanId.Length == 8, "W3C trace context.");
        _flags |= RecordFlags.Trace;
        _records.WriteBytes(traceId);
        _records.WriteBytes(spanId);
        _records.WriteByte(traceFlags);
    }

    /// <summary>Template, logger and event name at once.</summary>
    public void Names(RecordNames names)
    {
        _flags |= names.Flags;
        _records.WriteBytes(names.Encoded);
    }

    public void Template(ReadOnlySpan<char> text) => Optional(RecordFlags.Template, text, RecordLimits.StringBytesMax);

    public void Template(ReadOnlySpan<byte> utf8) => Optional(RecordFlags.Template, utf8, RecordLimits.StringBytesMax);

    public void Logger(ReadOnlySpan<char> text) => Optional(RecordFlags.Logger, text, RecordLimits.KeyBytesMax);

    public void Logger(ReadOnlySpan<byte> utf8) => Optional(RecordFlags.Logger, utf8, RecordLimits.KeyBytesMax);

    public void EventName(ReadOnlySpan<char> text) => Optional(RecordFlags.EventName, text, RecordLimits.KeyBytesMax);

    public void EventName(ReadOnlySpan<byte> utf8) => Optional(RecordFlags.EventName, utf8, RecordLimits.KeyBytesMax);

    public void Body(ReadOnlySpan<char> text) => Note(_records.WriteString(text, RecordLimits.StringBytesMax));

    /// <summary>The body as UTF-8, which the caller vouches for.</summary>
    public void Body(ReadOnlySpan<byte> utf8, bool isJson = false)
    {
        if (isJson && utf8.Length <= RecordLimits.StringBytesMax) _flags |= RecordFlags.BodyIsJson;
        Note(_records.WriteString(utf8, RecordLimits.StringBytesMax));
    }

    /// <summary>Begins the attributes, which every record has, even if none; the caller ends them.</summary>
    public AttributeWriter BeginAttributes() => AttributeWriter.Begin(_records);

    /// <summary>Writes attributes that were encoded before by <see cref="AttributeWriter"/>, in place of
    /// <see cref="BeginAttributes"/>.</summary>
    public void Attributes(ReadOnlySpan<byte> encoded) => _records.WriteBytes(encoded);

    /// <summary>Ends the record. Returns false, and takes the record back, when it is over
    /// <see cref="RecordLimits.RecordBytesMax"/>.</summary>
    public bool EndRecord(bool truncated = false)
    {
        Debug.Assert(_recordStart >= 0, "A record was begun.");
        if (truncated) _flags |= RecordFlags.Truncated;
        var start = _recordStart;
        _recordStart = -1;
        var bytes = _records.Length - start - RecordBytesWidth;
        if (bytes > RecordLimits.RecordBytesMax)
        {
            _records.Truncate(start);
            return false;
        }

        _records.PatchByte(_flagsAt, (byte)_flags);
        _records.PatchVarint(start, RecordBytesWidth, bytes);
        RecordCount++;
        return true;
    }

    /// <summary>Writes the finished batch; the writer keeps its content until <see cref="Clear"/>.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        Debug.Assert(_recordStart < 0, "The last record was ended.");
        var span = output.GetSpan(1 + 2 * Varint.BytesMax + _resources.Length + _records.Length);
        var length = 0;
        span[length++] = RecordLayout.Version;
        length += Varint.Write(span[length..], (ulong)ResourceCount);
        _resources.Written.CopyTo(span[length..]);
        length += _resources.Length;
        length += Varint.Write(span[length..], (ulong)RecordCount);
        _records.Written.CopyTo(span[length..]);
        output.Advance(length + _records.Length);
    }

    public void Clear()
    {
        _resources.Clear();
        ResourceCount = 0;
        ClearRecords();
    }

    /// <summary>The same, and keeps the resources.</summary>
    public void ClearRecords()
    {
        _records.Clear();
        RecordCount = 0;
        _recordStart = -1;
    }

    private void Optional(RecordFlags flag, ReadOnlySpan<char> text, int bytesMax)
    {
        _flags |= flag;
        Note(_records.WriteString(text, bytesMax));
    }

    private void Optional(RecordFlags flag, ReadOnlySpan<byte> utf8, int bytesMax)
    {
        _flags |= flag;
        Note(_records.WriteString(utf8, bytesMax));
    }

    private void Note(bool whole)
    {
        if (!whole) _flags |= RecordFlags.Truncated;
    }
}
