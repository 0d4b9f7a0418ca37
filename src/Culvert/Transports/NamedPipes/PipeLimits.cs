namespace Culvert.Transports.NamedPipes;

/// <summary>Every limit of named pipes on Windows, in one place.</summary>
internal static class PipeLimits
{
    /// <summary>Longest name, as CreateNamedPipe takes it, in characters.</summary>
    public const int NameLengthMax = 240;

    /// <summary>What the system keeps of either direction before a write waits. A pipe without a buffer would make
    /// every write wait for its reader.</summary>
    public const int BufferBytes = 64 * 1024;

    public const int BufferBytesMin = 4 * 1024;

    public const int BufferBytesMax = 1024 * 1024;

    /// <summary>Instances that a listener can be limited to: the system counts to 254, and one claims the
    /// name.</summary>
    public const int InstancesMax = 253;

    /// <summary>What CreateNamedPipe takes for 0.</summary>
    public const int DefaultTimeoutMs = 50;

    public const int DefaultTimeoutMsMax = 60_000;

    /// <summary>One write at most.</summary>
    public const int WriteBytesMax = 64 * 1024;

    /// <summary>What an idle connection keeps ready for the next read; it grows with what comes.</summary>
    public const int ReadBytesMin = 512;

    public const int ReadBytesMax = 64 * 1024;

    /// <summary>Reads that may lie unread before the pipe itself holds the rest back.</summary>
    public const int ReadsUnreadMax = 2;

    /// <summary>Until the system is asked again for an instance that it did not have.</summary>
    public static readonly TimeSpan ShortagePause = TimeSpan.FromMilliseconds(100);

    /// <summary>How many instances wait for a client at a time: so many may connect in one moment without being told
    /// that the pipe is busy.</summary>
    public static readonly int InstancesWaiting = Math.Clamp(Environment.ProcessorCount * 2, 4, 16);
}
