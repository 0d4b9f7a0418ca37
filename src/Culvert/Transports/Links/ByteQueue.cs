using System.Buffers;

namespace Culvert.Transports.Links;

/// <summary>
/// Bytes in rented buffers, written at the end and consumed at the front. Holds no buffer while it is empty, so an idle
/// connection costs none. Not thread-safe: one direction of one connection.
/// </summary>
internal sealed class ByteQueue
{
    private Segment? _head;
    private Segment? _tail;
    private Segment? _spare;
    private int _headIndex;

    public long Length { get; private set; }

    /// <summary>Holds a buffer, perhaps one that was lent and into which nothing was written yet.</summary>
    public bool HasBuffer => _head is not null;

    public ReadOnlySequence<byte> Sequence
    {
        get
        {
            if (_head is null) return ReadOnlySequence<byte>.Empty;
            _tail!.Publish();
            return new ReadOnlySequence<byte>(_head, _headIndex, _tail, _tail.End);
        }
    }

    /// <summary>Room at the end: at least <paramref name="sizeMin"/> bytes, in a new buffer of at least
    /// <paramref name="rentSize"/> when the last one has too little.</summary>
    public Memory<byte> GetMemory(int sizeMin, int rentSize)
    {
        Ensure(sizeMin, rentSize);
        return _tail!.Free;
    }

    /// <summary>As <see cref="GetMemory"/>, and cheaper.</summary>
    public Span<byte> GetSpan(int sizeMin, int rentSize)
    {
        Ensure(sizeMin, rentSize);
        return _tail!.Free.Span;
    }

    /// <summary>Adds a copy of the bytes at the end.</summary>
    public void Write(ReadOnlySpan<byte> bytes, int rentSize)
    {
        while (!bytes.IsEmpty)
        {
            var span = GetSpan(1, rentSize);
            var count = Math.Min(span.Length, bytes.Length);
            bytes[..count].CopyTo(span);
            Advance(count);
            bytes = bytes[count..];
        }
    }

    public void Advance(int count)
    {
        if (count == 0) return;
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _tail?.Room ?? 0);
        _tail!.Extend(count);
        Length += count;
    }

    /// <summary>How far a position lies behind the first byte.</summary>
    public long OffsetOf(SequencePosition position) => position.GetObject() is Segment segment && _head is not null
        ? segment.RunningIndex + position.GetInteger() - _head.RunningIndex - _headIndex
        : 0;

    /// <summary>Removes bytes from the front and gives back the buffers that are used up.</summary>
    public void Consume(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Length);
        Length -= count;
        if (Length == 0)
        {
            Clear();
            return;
        }

        while (count > 0)
        {
            var available = _head!.End - _headIndex;
            if (count < available)
            {
                _headIndex += (int)count;
                return;
            }

            count -= available;
            var next = (Segment)_head.Next!;
            Release(_head);
            _head = next;
            _headIndex = 0;
        }
    }

    public void Clear()
    {
        for (var segment = _head; segment is not null;)
        {
            var next = (Segment?)segment.Next;
            Release(segment);
            segment = next;
        }

        _head = _tail = null;
        _headIndex = 0;
        Length = 0;
    }

    private void Ensure(int sizeMin, int rentSize)
    {
        if (_tail is null || _tail.Room < Math.Max(sizeMin, 1)) Append(Math.Max(sizeMin, rentSize));
    }

    private void Append(int size)
    {
        _tail?.Publish();
        var segment = _spare ?? new Segment();
        _spare = null;
        segment.Rent(size, _tail);
        _head ??= segment;
        _tail = segment;
    }

    private void Release(Segment segment)
    {
        segment.Return();
        _spare = segment;
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        private byte[] _array = [];

        public int End { get; private set; }

        public int Room => _array.Length - End;

        public Memory<byte> Free => _array.AsMemory(End);

        public void Rent(int size, Segment? before)
        {
            _array = ArrayPool<byte>.Shared.Rent(size);
            End = 0;
            Memory = default;
            Next = null;
            RunningIndex = before is null ? 0 : before.RunningIndex + before.End;
            if (before is not null) before.Next = this;
        }

        public void Extend(int count) => End += count;

        /// <summary>Shows what was written so far. Not with every write: a stream of small ones would pay more for
        /// this than for its bytes.</summary>
        public void Publish() => Memory = _array.AsMemory(0, End);

        public void Return()
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = [];
            End = 0;
            Memory = default;
            Next = null;
        }
    }
}
