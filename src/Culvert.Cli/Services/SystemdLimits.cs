namespace Culvert.Cli.Services;

/// <summary>What is waited for at most between the collector and systemd.</summary>
internal static class SystemdLimits
{
    /// <summary>A message to systemd waits so long for room, which only a hung systemd lacks.</summary>
    public const int SendTimeoutMs = 5_000;

    /// <summary>Messages of the watchdog come no closer than this, whatever WATCHDOG_USEC says.</summary>
    public static readonly TimeSpan WatchdogIntervalMin = TimeSpan.FromMilliseconds(10);

    /// <summary>Nor further apart: a timer of .NET takes no more than 49 days.</summary>
    public static readonly TimeSpan WatchdogIntervalMax = TimeSpan.FromDays(1);
}
