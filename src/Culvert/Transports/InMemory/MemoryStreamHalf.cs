using System.Buffers;
using Culvert.Transports.Links;

namespace Culvert.Transports.InMemory;

/// <summary>One direction between two <see cref="MemoryLink"/>s: a bounded queue of bytes.</summary>
internal sealed class MemoryStreamHalf(int bytesMax)
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
            madeRoom = _writerBlocked;
            _writerBlocked = false;
            return count;
        }
    }

    public int Send(in ReadOnlySequence<byte> bytes)
    {
        lock (_gate)
        {
            if (_readerGone || _ended) return LinkResult.Broken;
            var count = (int)Math.Min(bytes.Length, bytesMax - _queue.Length);
            if (count <= 0)
            {
                _writerBlocked = true;
                return LinkResult.WouldBlock;
            }

            bytes.Slice(0, count).CopyTo(_queue.GetMemory(count, count).Span);
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
}
