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

    /// <summary>How long a side that finds nothing looks again before it sleeps: as long as waking it costs.</summary>
    public static readonly TimeSpan SpinMax = TimeSpan.FromMicroseconds(50);

    /// <summary>A side that was woken so soon might have spun instead, and tries.</summary>
    public static readonly TimeSpan SpinWorthwhile = TimeSpan.FromMicroseconds(250);

    /// <summary>Sleeps between two tries to spin, at most, when the tries fail.</summary>
    public const int SpinPauseMax = 1024;

    /// <summary>How long a poller thread stays with a connection that was just active, so that it can be woken by the
    /// quickest means; then it goes back to all the others.</summary>
    public const int StayMs = 20;

    /// <summary>Poller threads that stay at the same time.</summary>
    public static readonly int StayersMax = Environment.ProcessorCount;
}
