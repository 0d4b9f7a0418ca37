using System.Buffers.Binary;

namespace Culvert.Cli.Bench.Transports;

/// <summary>Counts the messages of a stream on the side that receives them, and compares each.</summary>
internal sealed class BenchCounter(int size)
{
    private readonly BenchMessage _message = new(size);
    private readonly byte[] _answer = new byte[sizeof(long)];
    private long _right;

    /// <summary>The mark has come and wants its answer.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Counts the whole messages in these bytes and returns their bytes, or null when one is wrong.</summary>
    public int? TryCountAll(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        for (; bytes.Length - at >= size; at += size)
        {
            if (!TryCount(bytes.Slice(at, size))) return null;
        }

        return at;
    }

    /// <summary>False when it is neither the next message nor the mark.</summary>
    public bool TryCount(ReadOnlySpan<byte> bytes)
    {
        if (_message.Matches(bytes, _right)) _right++;
        else if (_message.Matches(bytes, BenchMessage.EndNumber)) HasEnded = true;
        else return false;
        return true;
    }

    /// <summary>How many there were, for who sent the mark.</summary>
    public ReadOnlyMemory<byte> TakeAnswer()
    {
        HasEnded = false;
        BinaryPrimitives.WriteInt64LittleEndian(_answer, _right);
        return _answer;
    }
}
