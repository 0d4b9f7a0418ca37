using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Culvert.Collector.Store;

/// <summary>
/// A 64-bit hash for dictionaries in memory. Eight bytes at a time are folded by a 64x64 to 128 bit multiplication, as
/// in wyhash (github.com/wangyi-fudan/wyhash). Nothing on disk depends on it.
/// </summary>
internal static class ByteHash
{
    private const ulong Seed = 0xA0761D6478BD642F;
    private const ulong Factor = 0xE7037ED1A0B428DB;

    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var hash = Seed ^ (ulong)bytes.Length * Factor;
        while (bytes.Length > 8)
        {
            hash = Fold(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes), Factor);
            bytes = bytes[8..];
        }

        return Fold(hash ^ Tail(bytes), Seed ^ Factor);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Tail(ReadOnlySpan<byte> rest) => rest.Length switch
    {
        8 => BinaryPrimitives.ReadUInt64LittleEndian(rest),
        >= 4 => BinaryPrimitives.ReadUInt32LittleEndian(rest)
            | (ulong)BinaryPrimitives.ReadUInt32LittleEndian(rest[^4..]) << 32,
        > 0 => rest[0] | (ulong)rest[rest.Length >> 1] << 8 | (ulong)rest[^1] << 16,
        _ => 0,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high ^ low;
    }
}
