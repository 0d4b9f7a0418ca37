using System.Runtime.CompilerServices;

namespace Culvert.Records;

/// <summary>Unsigned LEB128, as Protocol Buffers write it; source: protobuf.dev/programming-guides/encoding.</summary>
internal static class Varint
{
    public const int BytesMax = 10;

    /// <summary>Writes into a span of at least <see cref="BytesMax"/> bytes and returns how many were used.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Write(Span<byte> destination, ulong value)
    {
        if (value < 0x80)
        {
            destination[0] = (byte)value;
            return 1;
        }

        return WriteLong(destination, value);
    }

    /// <summary>Reads a value and moves <paramref name="position"/> behind it. False when it is cut short or over 64
    /// bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> source, scoped ref int position, out ulong value)
    {
        if ((uint)position < (uint)source.Length && source[position] < 0x80)
        {
            value = source[position++];
            return true;
        }

        return TryReadLong(source, ref position, out value);
    }

    public static int Size(ulong value)
    {
        var bits = 64 - System.Numerics.BitOperations.LeadingZeroCount(value | 1);
        return (bits + 6) / 7;
    }

    public static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    public static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    private static int WriteLong(Span<byte> destination, ulong value)
    {
        var count = 0;
        while (value >= 0x80)
        {
            destination[count++] = (byte)(value | 0x80);
            value >>= 7;
        }

        destination[count++] = (byte)value;
        return count;
    }

    private static bool TryReadLong(ReadOnlySpan<byte> source, scoped ref int position, out ulong value)
    {
        value = 0;
        for (var (i, shift) = (position, 0); i < source.Length && shift < 64; i++, shift += 7)
        {
            var current = source[i];
            if (shift == 63 && current > 1) return false;
            value |= (ulong)(current & 0x7F) << shift;
            if (current >= 0x80) continue;
            position = i + 1;
            return true;
        }

        return false;
    }
}
