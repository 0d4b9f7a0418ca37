using System.Buffers.Binary;

namespace Culvert.Records;

/// <summary>One attribute in the memory of its batch.</summary>
internal readonly ref struct AttributeView(
    ReadOnlySpan<byte> key, AttributeType type, ReadOnlySpan<byte> value, ulong number)
{
    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> Key { get; } = key;

    public AttributeType Type { get; } = type;

    /// <summary>The bytes of a Text, Json or Bytes value; empty for others.</summary>
    public ReadOnlySpan<byte> Value { get; } = value;

    public long Int64 => Varint.UnZigZag(number);

    public double Double => BitConverter.UInt64BitsToDouble(number);

    public static bool TryRead(ReadOnlySpan<byte> source, scoped ref int position, out AttributeView attribute)
    {
        attribute = default;
        return RecordBytes.TryReadString(source, ref position, RecordLimits.KeyBytesMax, out var key)
            && TryReadValue(key, source, ref position, out attribute);
    }

    /// <summary>Reads what stands behind the key: type and value.</summary>
    public static bool TryReadValue(
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> source, scoped ref int position, out AttributeView attribute)
    {
        attribute = default;
        if (position >= source.Length) return false;
        var type = (AttributeType)source[position++];
        ReadOnlySpan<byte> value = default;
        ulong number = 0;
        switch (type)
        {
            case AttributeType.Null or AttributeType.False or AttributeType.True:
                break;
            case AttributeType.Text or AttributeType.Json or AttributeType.Bytes:
                if (!RecordBytes.TryReadString(source, ref position, RecordLimits.StringBytesMax, out value))
                    return false;
                break;
            case AttributeType.Int64:
                if (!Varint.TryRead(source, ref position, out number)) return false;
                break;
            case AttributeType.Double:
                if (source.Length - position < sizeof(double)) return false;
                number = BinaryPrimitives.ReadUInt64LittleEndian(source[position..]);
                position += sizeof(double);
                break;
            default:
                return false;
        }

        attribute = new AttributeView(key, type, value, number);
        return true;
    }
}
