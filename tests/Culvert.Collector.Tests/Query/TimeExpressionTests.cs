using Culvert.Collector.Query;
using Culvert.Collector.Records;

namespace Culvert.Collector.Tests.Query;

public sealed class TimeExpressionTests
{
    // 12:30 on a Thursday, in a zone two hours east of Greenwich.
    private static readonly TimeProvider Clock = new ManualTime(
        new DateTimeOffset(2026, 3, 5, 10, 30, 0, TimeSpan.Zero),
        TimeZoneInfo.CreateCustomTimeZone("East", TimeSpan.FromHours(2), "East", "East"));

    [Theory]
    [InlineData("now", "2026-03-05T10:30:00Z")]
    [InlineData("today", "2026-03-04T22:00:00Z")]
    [InlineData("Yesterday", "2026-03-03T22:00:00Z")]
    [InlineData("15m", "2026-03-05T10:15:00Z")]
    [InlineData("-15m", "2026-03-05T10:15:00Z")]
    [InlineData(" 2h ago ", "2026-03-05T08:30:00Z")]
    [InlineData("2 hours ago", "2026-03-05T08:30:00Z")]
    [InlineData("1h30m", "2026-03-05T09:00:00Z")]
    [InlineData("1.5h", "2026-03-05T09:00:00Z")]
    [InlineData("90s", "2026-03-05T10:28:30Z")]
    [InlineData("500ms", "2026-03-05T10:29:59.5Z")]
    [InlineData("7d", "2026-02-26T10:30:00Z")]
    [InlineData("2 weeks ago", "2026-02-19T10:30:00Z")]
    [InlineData("14:05", "2026-03-05T12:05:00Z")]
    [InlineData("4:05:06", "2026-03-05T02:05:06Z")]
    [InlineData("2026-01-31", "2026-01-30T22:00:00Z")]
    [InlineData("2026-01-31 14:05", "2026-01-31T12:05:00Z")]
    [InlineData("2026-01-31T14:05:10", "2026-01-31T12:05:10Z")]
    [InlineData("2026-01-31T14:05:10Z", "2026-01-31T14:05:10Z")]
    [InlineData("2026-01-31t14:05:10z", "2026-01-31T14:05:10Z")]
    [InlineData("2026-01-31T14:05:10.25-05:00", "2026-01-31T19:05:10.25Z")]
    [InlineData("2026-01-31 14:05:10+02:00", "2026-01-31T12:05:10Z")]
    [InlineData("1772706600", "2026-03-05T10:30:00Z")]
    [InlineData("1772706600000", "2026-03-05T10:30:00Z")]
    public void TryParse_WhatPeopleWrite_IsTheInstant(string text, string expected)
    {
        Assert.True(TimeExpression.TryParse(text, Clock, out var unixNs, out var problem), problem);
        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture),
            RecordTime.ToDateTime(unixNs));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("soon")]
    [InlineData("15")]
    [InlineData("15x")]
    [InlineData("--15m")]
    [InlineData("ago")]
    [InlineData("2026-13-01")]
    [InlineData("2026-01-31T25:00:00Z")]
    [InlineData("99999999999999999999999d")]
    [InlineData("9999-01-01")]
    [InlineData("1.2.3")]
    public void TryParse_NoTime_SaysWhatToWrite(string? text)
    {
        Assert.False(TimeExpression.TryParse(text, Clock, out _, out var problem));
        Assert.Contains("is no time; write 15m", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_AnyText_NeverThrows()
    {
        string[] pieces =
            ["2026", "-", "01", ":", "T", "Z", ".", "5", "m", "h ago", " ", "9999999999", "+", "é", "now", "\0"];
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new RandomText(seed);
            var text = string.Concat(
                Enumerable.Range(0, random.Next(8)).Select(_ => pieces[random.Next(pieces.Length)]));
            Assert.NotEqual(TimeExpression.TryParse(text, Clock, out _, out var problem), problem is not null);
        }
    }
}
