using System.Buffers.Binary;
using System.Numerics;

namespace Culvert.Collector.Spool;

/// <summary>CRC-32C (Castagnoli), reflected, as in RFC 3720 appendix B.4: what segments, blocks and filters are checked
/// with. <see cref="BitOperations"/> uses the processor's instruction where there is one (SSE4.2, ARMv8) and tables
/// elsewhere.</summary>
internal static class Crc32C
{
    /// <summary>The checksum of some bytes. What one call returns may be given as the next one's seed, so that parts
    /// in several places are summed as one.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes, uint seed = 0)
    {
        var crc = ~seed;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes) crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }
}
