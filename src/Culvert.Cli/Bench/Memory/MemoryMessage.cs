using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Culvert.Cli.Bench.Memory;

/// <summary>The messages of the benchmark of shared memory: a number at both ends, as Aeron's peer has it, or words
/// that all follow from the number, as iceoryx2's has them.</summary>
internal static class MemoryMessage
{
    public const int SizeMin = 16;

    /// <summary>Ends a stream.</summary>
    public const long EndNumber = -1;

    public static long NumberOf(ReadOnlySpan<byte> message) =>
        message.Length < SizeMin ? 0 : BinaryPrimitives.ReadInt64LittleEndian(message);

    /// <summary>Writes the number at both ends of what was filled before.</summary>
    public static void Number(Span<byte> message, long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(message, number);
        BinaryPrimitives.WriteInt64LittleEndian(message[^sizeof(long)..], number);
    }

    public static bool HasNumber(ReadOnlySpan<byte> message, int size, long number) => message.Length == size
        && BinaryPrimitives.ReadInt64LittleEndian(message) == number
        && BinaryPrimitives.ReadInt64LittleEndian(message[^sizeof(long)..]) == number;

    /// <summary>Writes every byte: the number, then words that follow from it.</summary>
    public static void Fill(Span<byte> message, long number)
    {
        MemoryMarshal.Cast<byte, ulong>(message).Fill(WordOf(number));
        BinaryPrimitives.WriteInt64LittleEndian(message, number);
    }

    /// <summary>Reads every byte.</summary>
    public static bool IsFilled(ReadOnlySpan<byte> message, int size, long number) => message.Length == size
        && BinaryPrimitives.ReadInt64LittleEndian(message) == number
        && !MemoryMarshal.Cast<byte, ulong>(message[sizeof(long)..]).ContainsAnyExcept(WordOf(number));

    private static ulong WordOf(long number) => ((ulong)number ^ 0x9E37_79B9_7F4A_7C15) * 0xD6E8_FEB8_6659_FD93;
}
