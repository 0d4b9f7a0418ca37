namespace Culvert.Transports.Windows;

/// <summary>Every limit of <see cref="EventThreads"/>, in one place.</summary>
internal static class EventThreadLimits
{
    /// <summary>Threads that stay. Two at least: one that blocks must not be the only one.</summary>
    public static readonly int ThreadsBase = Math.Max(2, Environment.ProcessorCount);

    /// <summary>Threads at most, so many blocked continuations can there be before others wait for them.</summary>
    public const int ThreadsMax = 1024;

    /// <summary>Another thread is added when an event waited this long and none was taken meanwhile.</summary>
    public const int StallMs = 5;

    /// <summary>A thread beyond those that stay ends after this long without an event.</summary>
    public const uint IdleMs = 10_000;
}
