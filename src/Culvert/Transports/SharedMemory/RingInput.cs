using System.Buffers;
using Culvert.Transports.Links;

namespace Culvert.Transports.SharedMemory;

/// <summary>
/// The bytes of a ring for a reader, where they lie. Only when the reader wants more than half a ring at once are they
/// copied, since the writer would otherwise wait for room that never comes.
/// </summary>
internal sealed class RingInput : LinkInput, IRingEnd
{
    private readonly SharedMemoryLink _link;
    private readonly RingReader _ring;
    private readonly Memory<byte> _data;
    private readonly long _heldMax;
    private readonly ByteQueue _spilled = new();
    private readonly Stack<Piece> _spare = new();
    private Piece? _first;
    private Piece? _last;
    private int _index;
    private long _length;
    private bool _ended;
    private bool _isMessages;
    private AdaptiveSpin _spin;

    public RingInput(SharedMemoryLink link, RingReader ring, Memory<byte> data)
    {
        (_link, _ring, _data) = (link, ring, data);
        _heldMax = data.Length / 4; // The data are mapped twice: half a ring.
    }

    public override long Length => _length + _spilled.Length;

    public override ReadOnlySequence<byte> Sequence => _spilled.Length > 0 ? _spilled.Sequence
        : _first is null ? ReadOnlySequence<byte>.Empty
        : new ReadOnlySequence<byte>(_first, _index, _last!, _last!.Memory.Length);

    bool IRingEnd.IsReady => _ring.HasNext || _link.Gone != LinkResult.WouldBlock;

    /// <summary>From now on whole messages are taken from the ring itself, and this tells only when one is
    /// there.</summary>
    public void BeginMessages() => _isMessages = true;

    public override int Receive(out bool mayHaveMore)
    {
        if (_isMessages) return ReceiveMessage(out mayHaveMore);
        if (_ring.HeldBytes > _heldMax) Spill();
        while (true)
        {
            // Read before the ring: what was published before the peer went is found after this.
            var gone = _link.Gone;
            var count = Take();
            mayHaveMore = true;
            if (count > 0) return count;
            if (_ring.IsBroken) return _link.OnViolation();
            mayHaveMore = false;
            if (_ended) return LinkResult.End;
            if (gone != LinkResult.WouldBlock) return gone;

            // Whoever sleeps must not keep from the writer what it has consumed.
            if (_ring.Release(0, atOnce: true)) _link.Wake();
            if (!_spin.Wait(this) && _ring.SetSleeps()) return LinkResult.WouldBlock;
        }
    }

    public override long OffsetOf(SequencePosition position)
    {
        if (_spilled.Length > 0) return _spilled.OffsetOf(position);
        return position.GetObject() is Piece piece && _first is not null
            ? piece.RunningIndex + position.GetInteger() - _first.RunningIndex - _index
            : 0;
    }

    public override void Consume(long count)
    {
        if (_spilled.Length > 0)
        {
            _spilled.Consume(count);
            return;
        }

        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _length);
        _length -= count;
        while (_first is { } piece)
        {
            var available = piece.Memory.Length - _index;
            if (count < available)
            {
                _index += (int)count;
                return;
            }

            count -= available;
            _index = 0;
            RemoveFirst(piece);
        }
    }

    public override void Clear()
    {
        Consume(Length);
        _spilled.Clear();
    }

    /// <summary>1 when a message is there, which stays there, or a <see cref="LinkResult"/>.</summary>
    private int ReceiveMessage(out bool mayHaveMore)
    {
        while (true)
        {
            // Read before the ring: what was published before the peer went is found after this.
            var gone = _link.Gone;
            var isThere = _ring.TryPeek(out _, out var kind);
            mayHaveMore = isThere && kind == FrameKind.Message;
            if (mayHaveMore) return 1;
            if (isThere && kind == FrameKind.End) return LinkResult.End;
            if (isThere || _ring.IsBroken) return _link.OnViolation(); // A part is no message.
            if (gone != LinkResult.WouldBlock) return gone;
            if (_ring.SetSleeps()) return LinkResult.WouldBlock;
        }
    }

    private int Take()
    {
        var total = 0;
        for (var frames = 0; frames < SharedMemoryLimits.FramesPerReadMax; frames++)
        {
            if (_ended || !_ring.TryPeek(out var bytes, out var kind)) break;
            var offset = _ring.OffsetOfNext;
            _ring.Skip(bytes.Length);
            var frameBytes = RingLayout.FrameBytes(bytes.Length);
            if (kind == FrameKind.End) _ended = true;
            if (_spilled.Length > 0)
            {
                _spilled.Write(bytes, LinkLimits.ReceiveBytesMax);
                Release(frameBytes);
            }
            else if (bytes.Length > 0)
            {
                Append(offset, bytes.Length, frameBytes);
            }
            else if (_last is not null)
            {
                _last.FrameBytes += frameBytes; // It goes back with those before it.
            }
            else
            {
                Release(frameBytes);
            }

            total += bytes.Length;
        }

        return total;
    }

    private void Append(int offset, int length, long frameBytes)
    {
        if (!_spare.TryPop(out var piece)) piece = new Piece();
        piece.Set(_data.Slice(offset, length), _last, frameBytes);
        _first ??= piece;
        _last = piece;
        _length += length;
    }

    private void RemoveFirst(Piece piece)
    {
        Release(piece.FrameBytes);
        _first = (Piece?)piece.Next;
        if (_first is null) _last = null;
        piece.Unset();
        if (_spare.Count < SharedMemoryLimits.FramesPerReadMax) _spare.Push(piece);
    }

    private void Spill()
    {
        foreach (var memory in Sequence) _spilled.Write(memory.Span, LinkLimits.ReceiveBytesMax);
        _length = _index = 0;
        while (_first is { } piece) RemoveFirst(piece);
    }

    private void Release(long bytes)
    {
        if (_ring.Release(bytes, atOnce: false)) _link.Wake();
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        /// <summary>What goes back to the writer with this piece.</summary>
        public long FrameBytes { get; set; }

        public void Set(ReadOnlyMemory<byte> memory, Piece? before, long frameBytes)
        {
            FrameBytes = frameBytes;
            Memory = memory;
            RunningIndex = before is null ? 0 : before.RunningIndex + before.Memory.Length;
            if (before is not null) before.Next = this;
        }

        public void Unset()
        {
            Memory = default;
            Next = null;
        }
    }
}
