namespace Culvert.Transports.SharedMemory;

/// <summary>
/// One direction of a section: a ring of frames with one writer and one reader. Little-endian.
/// <code>
/// header   0 head u64, by the reader      how far the writer may reuse the ring
///        128 readerSleeps u32, by both    the reader sets it before it sleeps, the writer clears it and wakes
///        256 writerSleeps u32, by both    the same for room
/// data   capacity bytes, a power of two; position p lies at p mod capacity
/// frame    0 length u32 | 4 kind u32 | 8 bytes | zeros to a multiple of 8
/// </code>
/// length is the number of bytes plus one; 0 says that nothing was published here yet. A writer fills the frame,
/// writes 0 where the next one will begin, and publishes by one release store of length and kind together. So the
/// reader needs no counter of the writer, and both find the next frame in the cache line that they are at anyway; what
/// was not published does not exist, however the writer ended. The fields of the header stand in lines of their own,
/// two lines apart since processors fetch lines in pairs.
/// </summary>
/// <remarks>The published length as the only sign is an idea of Aeron's log buffers (docs/shared-memory.md).</remarks>
internal static class RingLayout
{
    public const int HeadOffset = 0;
    public const int ReaderSleepsOffset = HeadOffset + FieldBytes;
    public const int WriterSleepsOffset = ReaderSleepsOffset + FieldBytes;
    public const int HeaderBytes = WriterSleepsOffset + FieldBytes;

    /// <summary>Two cache lines.</summary>
    public const int FieldBytes = 128;

    public const int FrameHeaderBytes = sizeof(ulong);
    public const int FrameAlignment = 8;

    /// <summary>What a published frame takes of the ring.</summary>
    public static long FrameBytes(int length) =>
        FrameHeaderBytes + (((long)length + FrameAlignment - 1) & ~(long)(FrameAlignment - 1));

    public static ulong FrameHeader(int length, FrameKind kind) => (uint)length + 1 | (ulong)kind << 32;

    /// <summary>Largest length of a frame in a ring of this capacity.</summary>
    public static int LengthMax(int capacity) =>
        capacity / SharedMemoryLimits.FramesPerRingMin - FrameHeaderBytes;
}
