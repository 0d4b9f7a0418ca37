using Culvert.Diagnostics;

namespace Culvert.Tests.Diagnostics;

public sealed class LogLimitTests
{
    private readonly Clock _clock = new();

    [Fact]
    public void TryEnter_WithinAnInterval_LetsSoManyThroughAndTellsTheRestLater()
    {
        var limit = new LogLimit(2, TimeSpan.FromSeconds(10), _clock);
        Assert.True(limit.TryEnter(out var leftOut));
        Assert.True(limit.TryEnter(out leftOut));
        for (var i = 0; i < 5; i++) Assert.False(limit.TryEnter(out leftOut));

        _clock.Seconds = 9;
        Assert.False(limit.TryEnter(out leftOut));
        _clock.Seconds = 10;
        Assert.True(limit.TryEnter(out leftOut));
        Assert.Equal(6, leftOut);
        Assert.True(limit.TryEnter(out leftOut));
        Assert.Equal(0, leftOut);
    }

    [Fact]
    public void TakeLeftOut_AfterAFlood_TellsThemOnce()
    {
        var limit = new LogLimit(1, TimeSpan.FromSeconds(10), _clock);
        for (var i = 0; i < 8; i++) limit.TryEnter(out _);
        Assert.Equal(7, limit.TakeLeftOut());
        Assert.Equal(0, limit.TakeLeftOut());
    }

    private sealed class Clock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
