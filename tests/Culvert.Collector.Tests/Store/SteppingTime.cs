namespace Culvert.Collector.Tests.Store;

/// <summary>A clock that stands until it is moved. 2026-09-21T13:46:40Z at first.</summary>
internal sealed class SteppingTime : TimeProvider
{
    private DateTimeOffset _now = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Advance(TimeSpan by) => _now += by;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.Ticks;
}
