namespace Culvert.Collector.Outputs;

/// <summary>The limits that all outputs share, in one place.</summary>
internal static class OutputLimits
{
    /// <summary>The pause after a first failure; it doubles with each further one, with jitter.</summary>
    public static readonly TimeSpan RetryDelayMin = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest pause, so that an output is back soon after what it waits for.</summary>
    public static readonly TimeSpan RetryDelayMax = TimeSpan.FromSeconds(15);

    /// <summary>How long a stop waits for what was handed over; the rest is delivered after the next start.</summary>
    public static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(3);

    /// <summary>While an output waits for the other side, its cursor follows what is confirmed this often.</summary>
    public static readonly TimeSpan CommitInterval = TimeSpan.FromMilliseconds(250);
}
