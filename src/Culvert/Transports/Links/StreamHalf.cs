using System.Buffers;

namespace Culvert.Transports.Links;

/// <summary>
/// One direction of a link whose bytes wait in this process: a bounded queue between the one who sends and the one who
/// receives. Each copies outside the lock, so that both copy at the same time; the lock guards only what is where.
/// </summary>
/// <param name="bytesMax">Bytes that it holds at most.</param>
/// <param name="roomBytesMin">How much must be free before a sender that waits is told.</param>
internal sealed class StreamHalf(int bytesMax, int roomBytesMin = 1)
{
    // Large enough that the lock costs nothing beside the copy, small enough to stay in a processor's cache.
    private const int ChunkBytesMax = 64 * 1024;

    // Small sends share a chunk, so that what waits takes little more memory than its bytes.
    private const int ChunkBytesMin = 4 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<(byte[] Array, int End)> _full = new();
    private byte[]? _tail;
    private int _tailEnd;
    private int _headIndex;
    private int _length;
    private bool _isWriting;
    private bool _ended;
    private bool _readerGone;
    private bool _readerWaits = true;
    private bool _writerBlocked;

    /// <summary>Takes bytes; <paramref name="madeRoom"/> says that a writer waits for this.</summary>
    public int Receive(Span<byte> destination, out bool madeRoom)
    {
        var total = 0;
        while (true)
        {
            byte[] array;
            int count;
            lock (_gate)
            {
                if (_length == 0 || total == destination.Length) return Finish(total, out madeRoom);
                (array, var end) = _full.TryPeek(out var head) ? head : (_tail!, _tailEnd);
                count = Math.Min(end - _headIndex, destination.Length - total);
            }

            array.AsSpan(_headIndex, count).CopyTo(destination[total..]);
            total += count;
            lock (_gate)
            {
                if (!_readerGone) Consume(count);
            }
        }
    }

    /// <summary>Hands over some of the bytes, at least one if there is room; <paramref name="isAwaited"/> says that a
    /// reader found nothing since the last ones.</summary>
    public int Send(in ReadOnlySequence<byte> bytes, out bool isAwaited)
    {
        isAwaited = false;
        var count = Reserve(bytes.Length, out var target);
        if (count <= 0) return count;
        bytes.Slice(0, count).CopyTo(target);
        return Commit(count, out isAwaited);
    }

    /// <summary>Hands over as many of the bytes as there is room for.</summary>
    public int Send(ReadOnlySpan<byte> bytes)
    {
        var total = 0;
        do
        {
            var count = Reserve(bytes.Length - total, out var target);
            if (count <= 0) return total > 0 ? total : count;
            bytes.Slice(total, count).CopyTo(target);
            if (Commit(count, out _) < 0) return LinkResult.Broken;
            total += count;
        }
        while (total < bytes.Length);
        return total;
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
            // Left to the garbage collector: either side may be copying at this moment.
            _readerGone = true;
            _full.Clear();
            _tail = null;
            _length = 0;
        }
    }

    /// <summary>Room for some of so many bytes, which stays the sender's until it commits.</summary>
    private int Reserve(long length, out Span<byte> target)
    {
        target = default;
        lock (_gate)
        {
            if (_readerGone || _ended) return LinkResult.Broken;
            var room = bytesMax - _length;
            if (room < length) _writerBlocked = true;
            if (room <= 0) return LinkResult.WouldBlock;
            var count = (int)Math.Min(length, Math.Min(room, ChunkBytesMax));
            if (_tail is null || _tail.Length - _tailEnd < count) NextTail(count);
            _isWriting = true;
            target = _tail.AsSpan(_tailEnd, count);
            return count;
        }
    }

    private int Commit(int count, out bool isAwaited)
    {
        lock (_gate)
        {
            isAwaited = false;
            _isWriting = false;
            if (_readerGone) return LinkResult.Broken;
            _tailEnd += count;
            _length += count;
            isAwaited = _readerWaits;
            _readerWaits = false;
            return count;
        }
    }

    private int Finish(int total, out bool madeRoom)
    {
        madeRoom = _writerBlocked && bytesMax - _length >= roomBytesMin;
        if (madeRoom) _writerBlocked = false;
        if (total > 0) return total;
        if (_ended) return LinkResult.End;
        _readerWaits = true;
        return LinkResult.WouldBlock;
    }

    private void Consume(int count)
    {
        _headIndex += count;
        _length -= count;
        if (_full.TryPeek(out var head))
        {
            if (_headIndex < head.End) return;
            _full.Dequeue();
            ArrayPool<byte>.Shared.Return(head.Array);
            _headIndex = 0;
        }
        else if (_length == 0 && !_isWriting)
        {
            // A chunk that the sender is copying into stays; its bytes are received like any others.
            ArrayPool<byte>.Shared.Return(_tail!);
            _tail = null;
            _tailEnd = _headIndex = 0;
        }
    }

    private void NextTail(int count)
    {
        if (_tail is not null) _full.Enqueue((_tail, _tailEnd));
        _tail = ArrayPool<byte>.Shared.Rent(Math.Max(count, ChunkBytesMin));
        _tailEnd = 0;
    }
}
