using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using Culvert.Collector.Spool;

namespace Culvert.Collector.Store;

/// <summary>
/// A Bloom filter over the distinct tokens of a block (B. Bloom, "Space/time trade-offs in hash coding with allowable
/// errors", 1970), about 16 bits a token and 6 probes: one block in a thousand is read in vain. Little-endian.
/// <code>
///  0  version u8       1
///  1  probes u8        6
///  2  reserved u16     0
///  4  checksum u32     CRC-32C of the words
///  8  words u64 ...    bit n is bit n%64 of word n/64
/// </code>
/// Probe i of a hash looks at bit ((hash + i * rotate(hash, 32)|1) * bits) >> 64.
/// </summary>
internal static class TokenFilter
{
    public const byte Version = 1;
    public const int Probes = 6;
    public const int ChecksumOffset = 4;
    public const int HeadBytes = 8;
    private const int BitsPerToken = 16;

    /// <summary>Makes the filter of a set.</summary>
    public static byte[] Build(TokenSet tokens)
    {
        var bits = Math.Min((long)tokens.Count * BitsPerToken, StoreLimits.FilterBitsMax);
        var words = Math.Max(1, (int)((bits + 63) / 64));
        var filter = new byte[HeadBytes + words * sizeof(ulong)];
        filter[0] = Version;
        filter[1] = Probes;
        var target = filter.AsSpan(HeadBytes);
        foreach (var hash in tokens.Hashes)
        {
            var (value, step) = (hash, Step(hash));
            for (var i = 0; i < Probes; i++, value += step)
            {
                var bit = Bit(value, words);
                target[bit >> 3] |= (byte)(1 << (bit & 7));
            }
        }

        BinaryPrimitives.WriteUInt32LittleEndian(filter.AsSpan(ChecksumOffset), Crc32C.Compute(target));
        return filter;
    }

    /// <summary>Whether these bytes are an intact filter. A damaged one must not be asked: it would hide
    /// records.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> filter) =>
        filter.Length >= HeadBytes + sizeof(ulong) && filter.Length % sizeof(ulong) == 0
        && filter[0] == Version && filter[1] == Probes
        && BinaryPrimitives.ReadUInt32LittleEndian(filter[ChecksumOffset..]) == Crc32C.Compute(filter[HeadBytes..]);

    /// <summary>False when no record of the block has this token; true when one may have it.</summary>
    public static bool MayContain(ReadOnlySpan<byte> filter, ulong hash)
    {
        if (hash == 0) hash = 1;
        var target = filter[HeadBytes..];
        var words = target.Length / sizeof(ulong);
        var (value, step) = (hash, Step(hash));
        for (var i = 0; i < Probes; i++, value += step)
        {
            var bit = Bit(value, words);
            if ((target[bit >> 3] & (1 << (bit & 7))) == 0) return false;
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Step(ulong hash) => BitOperations.RotateLeft(hash, 32) | 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Bit(ulong value, int words) => (int)Math.BigMul(value, (ulong)words * 64, out _);
}
