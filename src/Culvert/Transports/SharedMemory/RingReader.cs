using System.Runtime.CompilerServices;

namespace Culvert.Transports.SharedMemory;

/// <summary>
/// Reads the frames of a ring where they lie: peek, skip, release. One thread at a time. Neither waits nor wakes by
/// itself; the writer is another process and may be hostile, so that each header is copied once and checked. It can
/// still change the bytes of a frame while they are read.
/// </summary>
internal sealed unsafe class RingReader
{
    private readonly SharedSection _section;
    private readonly byte* _header;
    private readonly byte* _data;
    private readonly long _capacity;
    private readonly int _lengthMax;
    private readonly long _releaseBytes;
    private long _position;
    private long _released;
    private long _toRelease;

    public RingReader(SharedSection section, SharedRing ring)
    {
        _section = section;
        _header = ring.Header;
        _data = ring.Data;
        _capacity = ring.Capacity;
        _lengthMax = RingLayout.LengthMax(ring.Capacity);
        _releaseBytes = ring.Capacity / SharedMemoryLimits.ReleasesPerRing;
    }

    /// <summary>The writer has written what it never may; nothing can be read any more.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Bytes of the ring that were skipped and not released.</summary>
    public long HeldBytes => _position - _released;

    /// <summary>The place of the next frame's bytes in the ring's data.</summary>
    public int OffsetOfNext => (int)((_position & (_capacity - 1)) + RingLayout.FrameHeaderBytes);

    /// <summary>Something was published that was not skipped.</summary>
    public bool HasNext
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref *(ulong*)At(_position)) != 0;
    }

    private uint* Sleeps => (uint*)(_header + RingLayout.ReaderSleepsOffset);

    /// <summary>Looks at the next frame; its bytes stay until they are released.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPeek(out ReadOnlySpan<byte> bytes, out FrameKind kind)
    {
        var frame = At(_position);

        // Partner: RingWriter.Publish. The bytes are read after their length.
        var header = Volatile.Read(ref *(ulong*)frame);
        var length = (int)(uint)header - 1;
        kind = (FrameKind)(header >> 32);
        if (header == 0 || !IsSound(length, kind))
        {
            bytes = default;
            return false;
        }

        bytes = new ReadOnlySpan<byte>(frame + RingLayout.FrameHeaderBytes, length);
        RingSteps.Reached(RingStep.Peeked);
        return true;
    }

    /// <summary>Goes behind the frame that was peeked.</summary>
    /// <param name="length">Its bytes, as peeked: its header may not be the same any more.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Skip(int length)
    {
        _position += RingLayout.FrameBytes(length);
        RingSteps.Reached(RingStep.Skipped);
    }

    /// <summary>Gives so much of what was skipped back to the writer; true when the writer sleeps and must be
    /// woken.</summary>
    /// <param name="bytes">Whole frames, with their headers.</param>
    /// <param name="atOnce">Also when it is little; else small releases are gathered.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Release(long bytes, bool atOnce)
    {
        _toRelease += bytes;
        return (atOnce ? _toRelease > 0 : _toRelease >= _releaseBytes) && Publish();
    }

    /// <summary>Gives all that was skipped back to the writer, as <see cref="Release"/> does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool ReleaseAll(bool atOnce) => Release(_position - _released - _toRelease, atOnce);

    /// <summary>Says that this side will sleep until something is published; false when something is.</summary>
    public bool SetSleeps()
    {
        Interlocked.Exchange(ref *Sleeps, (uint)SleepState.Bell);
        RingSteps.Reached(RingStep.ReaderSleeps);
        if (!HasNext) return true;
        Volatile.Write(ref *Sleeps, (uint)SleepState.Awake);
        return false;
    }

    /// <summary>Sleeps on the flag, if this side has said that it sleeps and was not woken, until it is woken or
    /// so much time has passed. Any thread. True when it was woken.</summary>
    public bool SleepOnFlag(int timeoutMs)
    {
        const uint Bell = (uint)SleepState.Bell;
        const uint OnFlag = (uint)SleepState.Flag;
        if (Interlocked.CompareExchange(ref *Sleeps, OnFlag, Bell) != Bell) return false;
        _section.Sleep(Sleeps, OnFlag, timeoutMs);
        return Interlocked.CompareExchange(ref *Sleeps, Bell, OnFlag) != OnFlag;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Publish()
    {
        RingSteps.Reached(RingStep.Releasing);
        _released += _toRelease;
        _toRelease = 0;

        // Partner: RingWriter.LookAgain. All reads of what is given back come before this.
        Volatile.Write(ref *(long*)(_header + RingLayout.HeadOffset), _released);
        RingSteps.Reached(RingStep.Released);

        // Partner: RingWriter.SetSleeps.
        Interlocked.MemoryBarrier();
        ref var sleeps = ref *(uint*)(_header + RingLayout.WriterSleepsOffset);
        var isAsleep = sleeps != 0 && Interlocked.Exchange(ref sleeps, 0) != 0;
        if (isAsleep) RingSteps.Reached(RingStep.WriterFlagTaken);
        GC.KeepAlive(_section);
        return isAsleep;
    }

    /// <summary>No frame is longer than the limit, nor reaches into what was not released: a writer that lies could
    /// otherwise let this side read the same bytes for ever.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsSound(int length, FrameKind kind)
    {
        if ((uint)length <= (uint)_lengthMax && kind <= FrameKind.End
            && _position + RingLayout.FrameBytes(length) + RingLayout.FrameHeaderBytes - _released <= _capacity)
        {
            return true;
        }

        IsBroken = true;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* At(long position) => _data + (position & (_capacity - 1));
}
