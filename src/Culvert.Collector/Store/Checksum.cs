using System.Numerics;
using System.Runtime.InteropServices;

namespace Culvert.Collector.Store;

/// <summary>CRC-32C (Castagnoli; RFC 3720, appendix B.4), as the processor computes it.</summary>
internal static class Checksum
{
    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words) crc = BitOperations.Crc32C(crc, word);
        foreach (var rest in bytes[(words.Length * sizeof(ulong))..]) crc = BitOperations.Crc32C(crc, rest);
        return ~crc;
    }
}
