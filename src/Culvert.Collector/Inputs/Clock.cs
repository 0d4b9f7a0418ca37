namespace Culvert.Collector.Inputs;

/// <summary>Reads a clock as records do.</summary>
internal static class Clock
{
    /// <summary>Nanoseconds since 1970 UTC.</summary>
    public static long NowNs(TimeProvider time) => (time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) * 100;
}
