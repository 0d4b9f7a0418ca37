namespace Culvert.Collector.Inputs.Text;

/// <summary>Nanoseconds since 1970 UTC.</summary>
internal static class UnixTime
{
    public static long Now(TimeProvider time) => (time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) * 100;
}
