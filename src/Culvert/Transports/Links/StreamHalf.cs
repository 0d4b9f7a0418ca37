using System.Buffers;

namespace Culvert.Transports.Links;

/// <summary>One direction of a link whose bytes wait in this process: a bounded queue between the one who sends and the
/// one who receives.</summary>
/// <param name="bytesMax">Bytes that it holds at most.</param>
/// <param name="roomBytesMin">How much must be free before a sender that waits is told.</param>
internal sealed class StreamHalf(int bytesMax, int roomBytesMin = 1)
{
    private readonly Lock _gate = new();
    private readonly ByteQueue _queue = new();
    private bool _ended;
    private bool _readerGone;
    private bool _writerBlocked;

    /// <summary>Takes bytes; <paramref name="madeRoom"/> says that a writer waits for this.</summary>
    public int Receive(Span<byte> destination, out bool madeRoom)
    {
        lock (_gate)
        {
            madeRoom = false;
            if (_queue.Length == 0) return _ended ? LinkResult.End : LinkResult.WouldBlock;
            var count = (int)Math.Min(destination.Length, _queue.Length);
            _queue.Sequence.Slice(0, count).CopyTo(destination);
            _queue.Consume(count);
            madeRoom = _writerBlocked && bytesMax - _queue.Length >= roomBytesMin;
            if (madeRoom) _writerBlocked = false;
            return count;
        }
    }

    public int Send(in ReadOnlySequence<byte> bytes)
    {
        lock (_gate)
        {
            var count = Reserve(bytes.Length);
            if (count <= 0) return count;
            bytes.Slice(0, count).CopyTo(_queue.GetMemory(count, count).Span);
            _queue.Advance(count);
            return count;
        }
    }

    public int Send(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            var count = Reserve(bytes.Length);
            if (count <= 0) return count;
            bytes[..count].CopyTo(_queue.GetMemory(count, count).Span);
            _queue.Advance(count);
            return count;
        }
    }

    /// <summary>No more comes; what is there can still be received.</summary>
    public void End()
    {
        lock (_gate) _ended = true;
    }

    /// <summary>Nobody receives any more.</summary>
    public void Discard()
    {
        lock (_gate)
        {
            _readerGone = true;
            _queue.Clear();
        }
    }

    /// <summary>How much of so many bytes there is room for. Under the gate.</summary>
    private int Reserve(long length)
    {
        if (_readerGone || _ended) return LinkResult.Broken;
        var count = (int)Math.Min(length, bytesMax - _queue.Length);
        if (count < length) _writerBlocked = true;
        return count > 0 ? count : LinkResult.WouldBlock;
    }
}
