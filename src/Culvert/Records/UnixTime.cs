namespace Culvert.Records;

/// <summary>Nanoseconds since 1970 UTC, as records carry them. They last until 2262.</summary>
internal static class UnixTime
{
    public const long NsPerTick = 100;

    public static long NowNs(TimeProvider time) => ToNs(time.GetUtcNow());

    public static long ToNs(DateTimeOffset moment) => (moment.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) * NsPerTick;
}
