namespace Culvert.Transports.SharedMemory;

/// <summary>Every limit of shared memory, in one place.</summary>
internal static class SharedMemoryLimits
{
    /// <summary>Smallest and largest ring of one direction, in bytes; both are powers of two. The smallest is a whole
    /// number of pages on every system, the largest keeps a section in 31 bits.</summary>
    public const int RingBytesMin = 64 * 1024;

    public const int RingBytesMax = 256 * 1024 * 1024;

    /// <summary>Largest frame, as a part of the ring: two of them fit, so that the one is written while the other is
    /// read.</summary>
    public const int FramesPerRingMin = 4;

    /// <summary>How much of the ring a reader consumes before it tells the writer, as a part of the ring. Each time
    /// costs the writer a miss.</summary>
    public const int ReleasesPerRing = 8;

    /// <summary>Frames shown to a reader of bytes at once.</summary>
    public const int FramesPerReadMax = 256;

    /// <summary>Smallest piece of a frame worth opening for a writer of bytes.</summary>
    public const int WriteBytesMin = 512;
}
