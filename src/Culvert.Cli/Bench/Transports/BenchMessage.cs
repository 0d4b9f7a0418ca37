using System.Buffers;
using System.Buffers.Binary;

namespace Culvert.Cli.Bench.Transports;

/// <summary>The messages of the benchmark: a number and fixed bytes, so that any wrong one is seen.</summary>
internal sealed class BenchMessage
{
    public const int SizeMin = 8;

    /// <summary>Ends a stream, or a part of it: whoever receives it says how many it got.</summary>
    public const long EndNumber = -1;

    private const int NumberBytes = sizeof(long);

    private readonly byte[] _bytes;

    public BenchMessage(int size)
    {
        _bytes = new byte[size];
        for (var i = NumberBytes; i < size; i++) _bytes[i] = (byte)(i * 31);
    }

    public int Size => _bytes.Length;

    public ReadOnlyMemory<byte> Get(long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes, number);
        return _bytes;
    }

    /// <summary>Writes so many messages one behind the other.</summary>
    public void Fill(Span<byte> destination, long first, int count)
    {
        for (var i = 0; i < count; i++) Get(first + i).Span.CopyTo(destination[(i * Size)..]);
    }

    /// <summary>Whether these bytes, as many as a message has, are the message of this number.</summary>
    public bool Matches(ReadOnlySpan<byte> bytes, long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes, number);
        return bytes.SequenceEqual(_bytes);
    }

    /// <summary>Whether the first bytes are the message of this number.</summary>
    public bool Matches(in ReadOnlySequence<byte> bytes, long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes, number);
        if (bytes.FirstSpan.Length >= _bytes.Length) return bytes.FirstSpan[.._bytes.Length].SequenceEqual(_bytes);
        var at = 0;
        foreach (var memory in bytes)
        {
            var count = Math.Min(memory.Length, _bytes.Length - at);
            if (!memory.Span[..count].SequenceEqual(_bytes.AsSpan(at, count))) return false;
            at += count;
            if (at == _bytes.Length) return true;
        }

        return false;
    }
}
