namespace Culvert.Collector.Tests.Inputs.Files;

/// <summary>A clock that stands until it is moved, but whose timers fire at once: whatever is waited for has
/// passed.</summary>
internal sealed class TestClock : ManualTime
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
}
