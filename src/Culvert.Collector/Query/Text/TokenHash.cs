using System.Buffers.Binary;

namespace Culvert.Collector.Query.Text;

/// <summary>
/// 64-bit hashes of what a block's filter knows: tokens, attribute keys and numbers. Stored in files, so it never
/// changes. The mixing is that of wyhash (github.com/wangyi-fudan/wyhash): products of 64 by 64 bits, folded.
/// </summary>
internal static class TokenHash
{
    private const ulong TokenSeed = 0xA0761D6478BD642F;
    private const ulong KeySeed = 0xE7037ED1A0B428DB;
    private const ulong NumberSeed = 0x8EBC6AF09C88C6E3;
    private const ulong Secret = 0x589965CC75374CC3;

    // Bit 5 is the only one in which ASCII letters differ by case, and among the other characters of ASCII tokens it
    // parts none, so an ASCII token is hashed where it lies. Outside ASCII it joins a few tokens: a filter may do that.
    private const ulong CaseBits = 0x2020202020202020;

    /// <summary>The hash of a token that is ASCII, in any case, or already folded.</summary>
    public static ulong OfToken(ReadOnlySpan<byte> token) => Hash(token, TokenSeed, CaseBits);

    /// <summary>The hash of an attribute's key, whose case counts.</summary>
    public static ulong OfKey(ReadOnlySpan<byte> key) => Hash(key, KeySeed, 0);

    /// <summary>The hash of a number by its value: 500, 500.0 and 5e2 are the same.</summary>
    public static ulong OfNumber(in Number number) => Mix(number.CanonicalBits ^ NumberSeed, Secret);

    private static ulong Hash(ReadOnlySpan<byte> bytes, ulong seed, ulong caseBits)
    {
        ulong a, b;
        if (bytes.Length >= 8)
        {
            var at = 0;
            for (; bytes.Length - at > 16; at += 16)
                seed = Mix(Read8(bytes, at, caseBits) ^ Secret, Read8(bytes, at + 8, caseBits) ^ seed);
            a = Read8(bytes, bytes.Length - 8, caseBits);
            b = bytes.Length - at > 8 ? Read8(bytes, at, caseBits) : 0;
        }
        else if (bytes.Length >= 4)
        {
            a = BinaryPrimitives.ReadUInt32LittleEndian(bytes) | (uint)caseBits;
            b = BinaryPrimitives.ReadUInt32LittleEndian(bytes[^4..]) | (uint)caseBits;
        }
        else
        {
            a = bytes.IsEmpty ? 0 : ((ulong)bytes[0] << 16 | (ulong)bytes[bytes.Length >> 1] << 8 | bytes[^1])
                | caseBits & 0x202020;
            b = 0;
        }

        return Mix(Secret ^ (ulong)bytes.Length, Mix(a ^ Secret, b ^ seed));
    }

    private static ulong Read8(ReadOnlySpan<byte> bytes, int at, ulong caseBits) =>
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]) | caseBits;

    private static ulong Mix(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }
}
