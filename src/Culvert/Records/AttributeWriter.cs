using System.Diagnostics;

namespace Culvert.Records;

/// <summary>Writes the attributes of a resource or a record; see <see cref="RecordLayout"/>.</summary>
/// <remarks>Begin, add, End. One list at a time on one buffer; one thread. Beyond
/// <see cref="RecordLimits.AttributeCountMax"/> attributes are left out and <see cref="Truncated"/> is set.</remarks>
internal struct AttributeWriter
{
    private const int BytesWidth = 4;
    private const int CountWidth = 2;

    private readonly RecordBuffer _buffer;
    private readonly int _start;
    private int _count;

    private AttributeWriter(RecordBuffer buffer)
    {
        _buffer = buffer;
        _start = buffer.ReserveVarint(BytesWidth);
        buffer.ReserveVarint(CountWidth);
    }

    public bool Truncated { get; private set; }

    public readonly int Count => _count;

    public static AttributeWriter Begin(RecordBuffer buffer) => new(buffer);

    /// <summary>Encodes a list of its own.</summary>
    public static byte[] Encode(IEnumerable<KeyValuePair<string, object?>> attributes)
    {
        var buffer = new RecordBuffer(256);
        var writer = Begin(buffer);
        foreach (var (key, value) in attributes) writer.Add(key, value);
        writer.End();
        return buffer.Written.ToArray();
    }

    public void Add(ReadOnlySpan<char> key, ReadOnlySpan<char> value)
    {
        if (BeginValue(key, AttributeType.Text)) Note(_buffer.WriteString(value, RecordLimits.StringBytesMax));
    }

    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<char> value)
    {
        if (BeginValue(key, AttributeType.Text)) Note(_buffer.WriteString(value, RecordLimits.StringBytesMax));
    }

    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (BeginValue(key, AttributeType.Text)) Note(_buffer.WriteString(value, RecordLimits.StringBytesMax));
    }

    public void Add(AttributeKey key, ReadOnlySpan<char> value)
    {
        if (BeginValue(key, AttributeType.Text)) Note(_buffer.WriteString(value, RecordLimits.StringBytesMax));
    }

    public void Add(AttributeKey key, long value)
    {
        if (BeginValue(key, AttributeType.Int64)) _buffer.WriteVarint(Varint.ZigZag(value));
    }

    /// <summary>Adds a value with its type before it, encoded, which the caller vouches for.</summary>
    public void AddEncoded(AttributeKey key, ReadOnlySpan<byte> value)
    {
        if (BeginKey(key)) _buffer.WriteBytes(value);
    }

    /// <summary>Adds what another list holds.</summary>
    public void AddAll(AttributeList list)
    {
        if (list.Count > RecordLimits.AttributeCountMax - _count)
        {
            Truncated = true;
            return;
        }

        _count += list.Count;
        _buffer.WriteBytes(list.Attributes);
    }

    public void Add(ReadOnlySpan<char> key, long value)
    {
        if (BeginValue(key, AttributeType.Int64)) _buffer.WriteVarint(Varint.ZigZag(value));
    }

    public void Add(ReadOnlySpan<byte> key, long value)
    {
        if (BeginValue(key, AttributeType.Int64)) _buffer.WriteVarint(Varint.ZigZag(value));
    }

    public void Add(ReadOnlySpan<char> key, double value)
    {
        if (BeginValue(key, AttributeType.Double)) _buffer.WriteDouble(value);
    }

    public void Add(ReadOnlySpan<byte> key, double value)
    {
        if (BeginValue(key, AttributeType.Double)) _buffer.WriteDouble(value);
    }

    public void Add(ReadOnlySpan<char> key, bool value) =>
        BeginValue(key, value ? AttributeType.True : AttributeType.False);

    public void Add(ReadOnlySpan<byte> key, bool value) =>
        BeginValue(key, value ? AttributeType.True : AttributeType.False);

    public void AddNull(ReadOnlySpan<byte> key) => BeginValue(key, AttributeType.Null);

    /// <summary>Adds an array or object as JSON text, which the caller vouches for.</summary>
    public void AddJson(ReadOnlySpan<byte> key, ReadOnlySpan<byte> json)
    {
        // JSON that is cut is JSON no more, so what is too long becomes a text whose head is kept.
        var fits = json.Length <= RecordLimits.StringBytesMax;
        if (BeginValue(key, fits ? AttributeType.Json : AttributeType.Text))
            Note(_buffer.WriteString(json, RecordLimits.StringBytesMax));
    }

    public void AddBytes(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (!BeginValue(key, AttributeType.Bytes)) return;
        var length = Math.Min(value.Length, RecordLimits.StringBytesMax);
        Note(length == value.Length);
        _buffer.WriteVarint((ulong)length);
        _buffer.WriteBytes(value[..length]);
    }

    /// <summary>Adds a value by its run-time type; what has no type of its own is written as text.</summary>
    public void Add(ReadOnlySpan<char> key, object? value)
    {
        switch (value)
        {
            case null: BeginValue(key, AttributeType.Null); break;
            case string text: Add(key, text.AsSpan()); break;
            case bool flag: Add(key, flag); break;
            case int or long or short or sbyte or byte or ushort or uint:
                Add(key, Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
                break;
            case double number: Add(key, number); break;
            case float number: Add(key, (double)number); break;
            case ISpanFormattable formattable: AddFormatted(key, formattable); break;
            default: Add(key, (value.ToString() ?? "").AsSpan()); break;
        }
    }

    public void End()
    {
        _buffer.PatchVarint(_start, BytesWidth, _buffer.Length - _start - BytesWidth);
        _buffer.PatchVarint(_start + BytesWidth, CountWidth, _count);
    }

    private void AddFormatted(ReadOnlySpan<char> key, ISpanFormattable value)
    {
        Span<char> text = stackalloc char[128];
        if (value.TryFormat(text, out var length, default, System.Globalization.CultureInfo.InvariantCulture))
            Add(key, text[..length]);
        else
            Add(key, (value.ToString(null, System.Globalization.CultureInfo.InvariantCulture)).AsSpan());
    }

    private bool BeginValue(ReadOnlySpan<char> key, AttributeType type)
    {
        if (!HasRoom()) return false;
        Note(_buffer.WriteString(key, RecordLimits.KeyBytesMax));
        _buffer.WriteByte((byte)type);
        return true;
    }

    private bool BeginValue(ReadOnlySpan<byte> key, AttributeType type)
    {
        if (!HasRoom()) return false;
        Note(_buffer.WriteString(key, RecordLimits.KeyBytesMax));
        _buffer.WriteByte((byte)type);
        return true;
    }

    private bool BeginValue(AttributeKey key, AttributeType type)
    {
        if (!BeginKey(key)) return false;
        _buffer.WriteByte((byte)type);
        return true;
    }

    private bool BeginKey(AttributeKey key)
    {
        if (!HasRoom()) return false;
        Note(key.IsWhole);
        _buffer.WriteBytes(key.Encoded);
        return true;
    }

    private bool HasRoom()
    {
        Debug.Assert(_buffer is not null, "Begin makes a writer.");
        if (_count < RecordLimits.AttributeCountMax)
        {
            _count++;
            return true;
        }

        Truncated = true;
        return false;
    }

    private void Note(bool whole) => Truncated |= !whole;
}
