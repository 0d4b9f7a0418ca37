using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Culvert.Connections;

namespace Culvert.Desktop;

/// <summary>Writes and reads a value in <see cref="ValueLayout"/>.</summary>
internal static class ValueText
{
    /// <summary>Throws <see cref="ArgumentException"/> when the value is longer than the limit.</summary>
    public static byte[] Write<T>(T value, JsonTypeInfo<T> type, int bytesMax)
    {
        var text = JsonSerializer.SerializeToUtf8Bytes(value, type);
        if (text.Length > bytesMax)
        {
            throw new ArgumentException(
                $"The value has {text.Length} bytes and may have {bytesMax}; send it over a connection.",
                nameof(value));
        }

        var bytes = new byte[ValueLayout.ValueOffset + text.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, ValueLayout.Magic);
        bytes[ValueLayout.VersionOffset] = ValueLayout.Version;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(ValueLayout.LengthOffset), text.Length);
        text.CopyTo(bytes, ValueLayout.ValueOffset);
        return bytes;
    }

    /// <summary>Throws <see cref="ConnectionException"/> with ProtocolViolation for whatever is no such
    /// value.</summary>
    public static T Read<T>(ReadOnlySpan<byte> bytes, JsonTypeInfo<T> type, int bytesMax)
    {
        if (bytes.Length < ValueLayout.ValueOffset
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != ValueLayout.Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[ValueLayout.VersionOffset..]) != ValueLayout.Version)
        {
            throw Violation("It has no head of Culvert's");
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[ValueLayout.LengthOffset..]);
        if (length > bytesMax) throw Violation($"Its {length} bytes are more than the {bytesMax} that are taken");
        if (length > bytes.Length - ValueLayout.ValueOffset) throw Violation("It is shorter than it says");
        try
        {
            return JsonSerializer.Deserialize(bytes.Slice(ValueLayout.ValueOffset, (int)length), type)!;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw Violation($"It is no {typeof(T).Name}", e);
        }
    }

    private static ConnectionException Violation(string what, Exception? inner = null) => new(
        ConnectionError.ProtocolViolation, $"{what}; see which program put it there.", inner);
}
