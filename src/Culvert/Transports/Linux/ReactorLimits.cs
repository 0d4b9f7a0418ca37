namespace Culvert.Transports.Linux;

/// <summary>Every limit of the reactor, in one place.</summary>
internal static class ReactorLimits
{
    /// <summary>Threads that poll for ever once they were needed: one for each core, and one that waits
    /// meanwhile.</summary>
    public static readonly int ThreadsBase = Environment.ProcessorCount + 1;

    /// <summary>Most polling threads. Only reached when as many continuations block at the same time; the next one
    /// then delays the others.</summary>
    public const int ThreadsMax = 1024;

    /// <summary>How long no thread may wait for events, with none handled meanwhile, before one more is
    /// started.</summary>
    public const int StallMs = 5;

    /// <summary>How long a thread beyond <see cref="ThreadsBase"/> stays without work.</summary>
    public const int IdleMs = 10_000;

    /// <summary>Events in a row for one and the same socket before other threads stand aside.</summary>
    public const int EventsToQuiet = 32;
}
