using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Culvert.Records;
using Culvert.Shipping;

namespace Culvert.Journals;

/// <summary>
/// What all records of one kind have in common, so that a log call writes the rest alone and the reader makes the
/// record of both. In the notation of <see cref="RecordLayout"/>:
/// <code>
/// shape   := bytes varint                            bytes counts all that follows it
///            template string | logger string | hasEventName u8 (0 or 1) | [eventName string]
///            valueCount varint
///            literal string x (valueCount + 1)       the message is a literal, a value, a literal ...
///            key string x valueCount                 of the attributes that the values are
///            attributes                              behind those, the same in each record
/// content := severity u8 | flags u8 (None or Trace) | time i64 | [trace 25] | (type u8 | value) x valueCount
/// </code>
/// A value is Null, Text, False, True, Int64 or Double of <see cref="AttributeType"/>; in the message they are
/// "(null)", the text, "False", "True", and the numbers as .NET writes them in the invariant culture.
/// </summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class JournalShape
{
    public const int HeadBytes = 1 + 1 + sizeof(long);

    private readonly RecordNames _names;
    private readonly byte[][] _literals;
    private readonly AttributeKey[] _keys;
    private readonly byte[] _common;
    private readonly int[] _valueEnds;
    private readonly RecordBuffer _message = new(256);

    private JournalShape(RecordNames names, byte[][] literals, AttributeKey[] keys, byte[] common)
    {
        (_names, _literals, _keys, _common) = (names, literals, keys, common);
        _valueEnds = new int[keys.Length];
    }

    /// <summary>Encodes a shape. Null for one over <see cref="JournalLimits.ShapeBytesMax"/>.</summary>
    public static byte[]? TryEncode(
        ReadOnlySpan<byte> template, ReadOnlySpan<byte> logger, string? eventName, byte[][] literals,
        AttributeKey[] keys, ReadOnlySpan<byte> common)
    {
        const int Any = RecordLimits.StringBytesMax;
        var shape = new RecordBuffer(256);
        shape.WriteString(template, Any);
        shape.WriteString(logger, Any);
        shape.WriteByte(eventName is null ? (byte)0 : (byte)1);
        if (eventName is not null) shape.WriteString(eventName, Any);
        shape.WriteVarint((ulong)keys.Length);
        foreach (var literal in literals) shape.WriteString(literal, Any);
        foreach (var key in keys) shape.WriteBytes(key.Encoded);
        shape.WriteBytes(common);
        if (shape.Length > JournalLimits.ShapeBytesMax) return null;
        var encoded = new RecordBuffer(shape.Length + Varint.BytesMax);
        encoded.WriteString(shape.Written, Any);
        return encoded.Written.ToArray();
    }

    public static bool TryRead(
        ReadOnlySpan<byte> source, ref int position, [NotNullWhen(true)] out JournalShape? shape)
    {
        shape = null;
        const int Max = JournalLimits.ShapeBytesMax;
        if (!RecordBytes.TryReadString(source, ref position, Max, out var content)) return false;
        var at = 0;
        if (!RecordBytes.TryReadString(content, ref at, Max, out var template)
            || !RecordBytes.TryReadString(content, ref at, Max, out var logger)
            || !RecordBytes.TryReadCount(content, ref at, 1, out var hasEventName)) return false;
        ReadOnlySpan<byte> eventName = default;
        if (hasEventName == 1 && !RecordBytes.TryReadString(content, ref at, Max, out eventName)) return false;
        if (!RecordBytes.TryReadCount(content, ref at, RecordLimits.AttributeCountMax, out var count)) return false;
        var literals = new byte[count + 1][];
        var keys = new AttributeKey[count];
        for (var i = 0; i <= count; i++)
        {
            if (!RecordBytes.TryReadString(content, ref at, Max, out var literal)) return false;
            literals[i] = literal.ToArray();
        }

        for (var i = 0; i < count; i++)
        {
            if (!RecordBytes.TryReadString(content, ref at, Max, out var key)) return false;
            keys[i] = new AttributeKey(Encoding.UTF8.GetString(key));
        }

        if (!AttributeList.TryRead(content, ref at, out var common) || !common.IsValid() || at != content.Length)
            return false;
        var names = new RecordNames(
            template.ToArray(), logger.ToArray(), hasEventName == 1 ? Encoding.UTF8.GetString(eventName) : null);
        shape = new JournalShape(names, literals, keys, common.Encoded.ToArray());
        return true;
    }

    /// <summary>Makes a record of this shape and a frame's content. False when it is none; whether its texts are
    /// UTF-8 is for who checks the record.</summary>
    public bool TryExpand(ReadOnlySpan<byte> content, RecordScratch record)
    {
        // A larger one no program of ours writes: with many shapes it would be much memory for a small file.
        if (content.Length is < HeadBytes or > JournalLimits.ShapedBytesMax) return false;
        var writer = record.Begin((Severity)content[0], BinaryPrimitives.ReadInt64LittleEndian(content[2..]));
        var at = HeadBytes;
        switch ((RecordFlags)content[1])
        {
            case RecordFlags.None: break;
            case RecordFlags.Trace when content.Length >= at + RecordLayout.TraceBytes:
                writer.Trace(content.Slice(at, 16), content.Slice(at + 16, 8), content[at + 24]);
                at += RecordLayout.TraceBytes;
                break;
            default: return false;
        }

        var firstValue = at;
        if (!TryReadValues(content, at)) return false;
        writer.Names(_names);
        writer.Body(_message.Written);
        var attributes = writer.BeginAttributes();
        at = firstValue;
        for (var i = 0; i < _keys.Length; at = _valueEnds[i++])
            attributes.AddEncoded(_keys[i], content[at.._valueEnds[i]]);
        attributes.AddAll(AttributeList.Read(_common));
        attributes.End();
        return writer.EndRecord(attributes.Truncated);
    }

    /// <summary>Finds where each value ends, and writes the message.</summary>
    private bool TryReadValues(ReadOnlySpan<byte> content, int at)
    {
        _message.Clear();
        _message.WriteBytes(_literals[0]);
        for (var i = 0; i < _keys.Length; i++)
        {
            if (!AttributeView.TryReadValue(default, content, ref at, out var value) || !TryRender(value)) return false;
            _message.WriteBytes(_literals[i + 1]);
            _valueEnds[i] = at;
        }

        return at == content.Length;
    }

    private bool TryRender(in AttributeView value)
    {
        switch (value.Type)
        {
            case AttributeType.Null: _message.WriteBytes("(null)"u8); return true;
            case AttributeType.Text: _message.WriteBytes(value.Value); return true;
            case AttributeType.False: _message.WriteBytes("False"u8); return true;
            case AttributeType.True: _message.WriteBytes("True"u8); return true;
            case AttributeType.Int64: return _message.TryWriteFormatted(value.Int64);
            case AttributeType.Double: return _message.TryWriteFormatted(value.Double);
            default: return false;
        }
    }
}
