using System.Runtime.CompilerServices;

namespace Culvert.Transports.SharedMemory;

/// <summary>
/// Writes the frames of a ring: claim, fill, publish. One thread at a time. Neither waits nor wakes by itself; the
/// reader is another process and may be hostile, so that what it writes is copied once and checked.
/// </summary>
internal sealed unsafe class RingWriter
{
    // Behind every frame there is room for the one that says the end, and for the zero behind that.
    private const int EndBytes = 2 * RingLayout.FrameHeaderBytes;

    private readonly SharedSection _section;
    private readonly byte* _header;
    private readonly byte* _data;
    private readonly long _capacity;
    private long _tail;
    private long _head;
    private bool _isEnded;

    public RingWriter(SharedSection section, SharedRing ring)
    {
        _section = section;
        _header = ring.Header;
        _data = ring.Data;
        _capacity = ring.Capacity;
        LengthMax = RingLayout.LengthMax(ring.Capacity);
    }

    /// <summary>Most bytes of one frame.</summary>
    public int LengthMax { get; }

    /// <summary>The reader has written what it never may; nothing can be written any more.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Where the next frame's bytes will be, which is valid until it is published. False when the ring has no
    /// room for it now.</summary>
    /// <param name="length">0 to <see cref="LengthMax"/>.</param>
    /// <param name="span">Of that length; what is in it is old.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryClaim(int length, out Span<byte> span)
    {
        if (!HasRoom(length))
        {
            span = default;
            return false;
        }

        span = new Span<byte>(At(_tail) + RingLayout.FrameHeaderBytes, length);
        RingSteps.Reached(RingStep.Claimed);
        return true;
    }

    /// <summary>How many bytes the next frame may have now, at most <see cref="LengthMax"/>; less than 0 when not even
    /// an empty one fits.</summary>
    public int Room()
    {
        _ = HasRoom(LengthMax);
        var free = _capacity - (_tail - _head) - RingLayout.FrameHeaderBytes - EndBytes;
        return IsBroken ? -1 : (int)Math.Min(LengthMax, free);
    }

    /// <summary>The place of the next frame's bytes in the ring's data.</summary>
    public int OffsetOfNext => (int)((_tail & (_capacity - 1)) + RingLayout.FrameHeaderBytes);

    /// <summary>Publishes the frame that was claimed, with no more bytes than were.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Publish(int length, FrameKind kind)
    {
        RingSteps.Reached(RingStep.Filled);
        var next = _tail + RingLayout.FrameBytes(length);
        Unsafe.WriteUnaligned(At(next), 0UL);
        RingSteps.Reached(RingStep.NextCleared);

        // Partner: RingReader.TryPeek. The bytes, and the end behind them, are there before their length is.
        Volatile.Write(ref *(ulong*)At(_tail), RingLayout.FrameHeader(length, kind));
        RingSteps.Reached(RingStep.Published);
        _tail = next;
        GC.KeepAlive(_section);
    }

    /// <summary>Publishes the last frame, for which there is always room; after it there is none.</summary>
    public void PublishEnd()
    {
        Publish(0, FrameKind.End);
        _isEnded = true;
        _head = _tail - _capacity; // Whoever claims comes to look again, and not on.
    }

    /// <summary>Wakes the reader if it sleeps; true when that takes a bell.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool WakeReader()
    {
        // Partner: RingReader.SetSleeps. The frame must be seen before the flag is looked at, or both sides would
        // believe that the other goes on.
        Interlocked.MemoryBarrier();
        return *(uint*)(_header + RingLayout.ReaderSleepsOffset) != 0 && TakeReaderSleeps();
    }

    /// <summary>Says that this side will sleep until there is room for so much; false when there is
    /// meanwhile.</summary>
    public bool SetSleeps(int length)
    {
        Interlocked.Exchange(ref *(uint*)(_header + RingLayout.WriterSleepsOffset), (uint)SleepState.Bell);
        RingSteps.Reached(RingStep.WriterSleeps);
        if (!HasRoom(length) && !IsBroken) return true;
        Volatile.Write(ref *(uint*)(_header + RingLayout.WriterSleepsOffset), 0);
        return false;
    }

    /// <summary>There is room for a frame of so many bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool HasRoom(int length)
    {
        var end = _tail + RingLayout.FrameBytes(length) + EndBytes;
        return end - _head <= _capacity || LookAgain(end);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TakeReaderSleeps()
    {
        var sleeps = (uint*)(_header + RingLayout.ReaderSleepsOffset);
        var state = (SleepState)Interlocked.Exchange(ref *sleeps, (uint)SleepState.Awake);
        RingSteps.Reached(RingStep.ReaderFlagTaken);
        if (state == SleepState.Flag) _section.Wake(sleeps);
        return state is not (SleepState.Awake or SleepState.Flag);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool LookAgain(long end)
    {
        if (_isEnded) return false;

        // Partner: RingReader.Release. What was read is not touched before this.
        var head = Volatile.Read(ref *(long*)(_header + RingLayout.HeadOffset));
        if (head < _head || head > _tail || head % RingLayout.FrameAlignment != 0) IsBroken = true;
        if (IsBroken) return false;
        _head = head;
        return end - head <= _capacity;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* At(long position) => _data + (position & (_capacity - 1));
}
