using System.Buffers;
using Culvert.Transports.Links;

namespace Culvert.Transports.SharedMemory;

/// <summary>Bytes that are written into a ring where they will be read. What finds no room there waits in
/// buffers.</summary>
internal sealed class RingOutput(SharedMemoryLink link, RingWriter ring, Memory<byte> data) : LinkOutput, IRingEnd
{
    private const int NoRoomAsked = -1;

    private readonly ByteQueue _waiting = new();
    private bool _isMessages;
    private int _roomAsked = NoRoomAsked;
    private int _frameRoom;
    private int _frameLength;
    private int _wanted;
    private AdaptiveSpin _spin;

    public override long Length => _isMessages ? (_roomAsked == NoRoomAsked ? 0 : 1) : _frameLength + _waiting.Length;

    bool IRingEnd.IsReady => ring.HasRoom(_wanted) || ring.IsBroken || link.Gone != LinkResult.WouldBlock;

    /// <summary>From now on whole messages are put into the ring itself, and this waits for room alone.</summary>
    public void BeginMessages()
    {
        _frameRoom = 0;
        _isMessages = true;
    }

    /// <summary>The next flush waits for room for a message of so many bytes.</summary>
    public void AskForRoom(int length) => _roomAsked = length;

    /// <summary>The flush has ended, in whatever way.</summary>
    public void AskForNoRoom() => _roomAsked = NoRoomAsked;

    public override Memory<byte> GetMemory(int sizeHint) => TryOpen(sizeHint)
        ? data.Slice(ring.OffsetOfNext + _frameLength, _frameRoom - _frameLength)
        : _waiting.GetMemory(sizeHint, LinkLimits.ReceiveBytesMax);

    public override Span<byte> GetSpan(int sizeHint) => TryOpen(sizeHint)
        ? data.Span.Slice(ring.OffsetOfNext + _frameLength, _frameRoom - _frameLength)
        : _waiting.GetSpan(sizeHint, LinkLimits.ReceiveBytesMax);

    public override void Advance(int count)
    {
        if (_waiting.HasBuffer)
        {
            _waiting.Advance(count);
            return;
        }

        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _frameRoom - _frameLength);
        _frameLength += count;
    }

    public override void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var span = GetSpan(1);
            var count = Math.Min(span.Length, bytes.Length);
            bytes[..count].CopyTo(span);
            Advance(count);
            bytes = bytes[count..];
        }
    }

    public override int Send()
    {
        if (_isMessages) return SendNothing();
        var sent = PublishOpen(FrameKind.Message);
        while (_waiting.Length > 0)
        {
            var count = Copy(_waiting.Sequence);
            if (count <= 0) return Finish(sent, count);
            _waiting.Consume(count);
            sent += count;
        }

        return Finish(sent, LinkResult.WouldBlock);
    }

    public override int Send(ReadOnlyMemory<byte> source)
    {
        _frameRoom = 0;
        var rest = new ReadOnlySequence<byte>(source);
        var sent = 0;
        while (rest.Length > 0)
        {
            var count = Copy(rest);
            if (count == LinkResult.Broken) return count;
            if (count <= 0) break;
            rest = rest.Slice(count);
            sent += count;
        }

        _waiting.Write(rest.FirstSpan, LinkLimits.ReceiveBytesMax);
        return Finish(sent, LinkResult.WouldBlock);
    }

    public override void Clear()
    {
        _waiting.Clear();
        _frameLength = _frameRoom = 0;
        _roomAsked = NoRoomAsked;
    }

    /// <summary>1 when there is the room that was asked for, or a <see cref="LinkResult"/>.</summary>
    private int SendNothing()
    {
        while (true)
        {
            if (ring.HasRoom(_roomAsked))
            {
                _roomAsked = NoRoomAsked;
                return 1;
            }

            if (ring.IsBroken) return link.OnViolation();
            if (link.Gone != LinkResult.WouldBlock) return LinkResult.Broken; // Nobody will make room.
            if (ring.SetSleeps(_roomAsked)) return LinkResult.WouldBlock;
        }
    }

    /// <summary>Sees that the open frame has room for so much, or opens another one. False when it must wait, or when
    /// something waits already.</summary>
    private bool TryOpen(int sizeHint)
    {
        if (_waiting.HasBuffer) return false;
        sizeHint = Math.Max(sizeHint, 1);
        if (_frameRoom - _frameLength >= sizeHint) return true;
        if (_frameLength > 0 && PublishOpen(FrameKind.Part) > 0 && ring.WakeReader()) link.Wake();
        var room = ring.Room();
        if (room < Math.Max(sizeHint, SharedMemoryLimits.WriteBytesMin)) return false;
        _frameRoom = room;
        return true;
    }

    private int PublishOpen(FrameKind kind)
    {
        var length = _frameLength;
        if (length > 0) ring.Publish(length, kind);
        _frameLength = _frameRoom = 0;
        return length;
    }

    /// <summary>Copies some of the bytes into a frame: how many, or a <see cref="LinkResult"/>.</summary>
    private int Copy(in ReadOnlySequence<byte> bytes)
    {
        while (true)
        {
            var least = (int)Math.Min(bytes.Length, SharedMemoryLimits.WriteBytesMin);
            var room = ring.Room();
            if (ring.IsBroken) return link.OnViolation();
            if (link.Gone != LinkResult.WouldBlock) return LinkResult.Broken; // Nobody will make room.
            if (room >= least)
            {
                var count = (int)Math.Min(bytes.Length, room);
                ring.TryClaim(count, out var span);
                bytes.Slice(0, count).CopyTo(span);
                ring.Publish(count, count == bytes.Length ? FrameKind.Message : FrameKind.Part);
                return count;
            }

            _wanted = least;
            if (!_spin.Wait(this) && ring.SetSleeps(least)) return LinkResult.WouldBlock;
        }
    }

    private int Finish(int sent, int otherwise)
    {
        if (sent == 0) return otherwise;
        if (ring.WakeReader()) link.Wake();
        return sent;
    }
}
