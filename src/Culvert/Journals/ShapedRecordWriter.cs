using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Culvert.Records;

namespace Culvert.Journals;

/// <summary>Writes what a log call has of its own beside its <see cref="JournalShape"/>, in memory of the caller. What
/// finds no room there is left out, and <see cref="IsWhole"/> says so.</summary>
internal ref struct ShapedRecordWriter
{
    /// <summary>What a value takes besides a text's bytes.</summary>
    private const int ValueBytesMax = 1 + Varint.BytesMax;

    private readonly Span<byte> _bytes;
    private int _length;

    /// <param name="bytes"><see cref="JournalLimits.ShapedBytesMax"/>, of any content.</param>
    /// <param name="severity">Of the record.</param>
    /// <param name="timeNs">Since 1970 UTC.</param>
    public ShapedRecordWriter(Span<byte> bytes, Severity severity, long timeNs)
    {
        _bytes = bytes;
        bytes[0] = (byte)severity;
        bytes[1] = (byte)RecordFlags.None;
        BinaryPrimitives.WriteInt64LittleEndian(bytes[2..], timeNs);
        _length = JournalShape.HeadBytes;
        IsWhole = true;
    }

    public bool IsWhole { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _bytes[.._length];

    /// <summary>Before the first value.</summary>
    public void Trace(ActivityTraceId traceId, ActivitySpanId spanId, ActivityTraceFlags flags)
    {
        _bytes[1] = (byte)RecordFlags.Trace;
        traceId.CopyTo(_bytes.Slice(_length, 16));
        spanId.CopyTo(_bytes.Slice(_length + 16, 8));
        _bytes[_length + 24] = (byte)flags;
        _length += RecordLayout.TraceBytes;
    }

    public void Add(long value)
    {
        if (!HasRoom(ValueBytesMax)) return;
        _bytes[_length++] = (byte)AttributeType.Int64;
        _length += Varint.Write(_bytes[_length..], Varint.ZigZag(value));
    }

    public void Add(double value)
    {
        if (!HasRoom(ValueBytesMax)) return;
        _bytes[_length++] = (byte)AttributeType.Double;
        BinaryPrimitives.WriteDoubleLittleEndian(_bytes[_length..], value);
        _length += sizeof(double);
    }

    public void Add(bool value)
    {
        if (HasRoom(1)) _bytes[_length++] = (byte)(value ? AttributeType.True : AttributeType.False);
    }

    public void Add(string? value)
    {
        if (value is null)
        {
            if (HasRoom(1)) _bytes[_length++] = (byte)AttributeType.Null;
            return;
        }

        // Most are short and ASCII: their length takes one byte, and they are narrowed in one pass.
        const int ShortMax = 127;
        if (value.Length <= ShortMax && HasRoom(2 + value.Length)
            && Ascii.FromUtf16(value, _bytes[(_length + 2)..], out _) == OperationStatus.Done)
        {
            _bytes[_length] = (byte)AttributeType.Text;
            _bytes[_length + 1] = (byte)value.Length;
            _length += 2 + value.Length;
            return;
        }

        AddAnyText(value);
    }

    private void AddAnyText(string value)
    {
        // What is longer than all the room need not be looked at.
        if (!HasRoom(value.Length) || !IsText(value)) return;
        var count = Encoding.UTF8.GetByteCount(value);
        if (!HasRoom(ValueBytesMax + count)) return;
        _bytes[_length++] = (byte)AttributeType.Text;
        _length += Varint.Write(_bytes[_length..], (ulong)count);
        _length += Encoding.UTF8.GetBytes(value, _bytes[_length..]);
    }

    /// <summary>Halves of a character that meet in the message are one in its string, and would be two here.</summary>
    private bool IsText(string value)
    {
        if (value.Length == 0 || !(char.IsSurrogate(value[0]) || char.IsSurrogate(value[^1]))) return true;
        return IsWhole = false;
    }

    private bool HasRoom(int bytes) => IsWhole = IsWhole && bytes <= _bytes.Length - _length;
}
