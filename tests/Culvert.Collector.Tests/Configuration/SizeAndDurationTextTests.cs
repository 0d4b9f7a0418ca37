using Culvert.Collector.Configuration;

namespace Culvert.Collector.Tests.Configuration;

public sealed class SizeAndDurationTextTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("512", 512)]
    [InlineData("64MiB", 64L << 20)]
    [InlineData("64 mib", 64L << 20)]
    [InlineData("1.5GiB", 3L << 29)]
    [InlineData("10kB", 10_000)]
    [InlineData("2TB", 2_000_000_000_000)]
    public void SizeTryParse_WhatPeopleWrite_IsRead(string text, long expected)
    {
        Assert.True(SizeText.TryParse(text, out var bytes));
        Assert.Equal(expected, bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MiB")]
    [InlineData("-1")]
    [InlineData("12XB")]
    [InlineData("99999999999TiB")]
    public void SizeTryParse_NoSize_IsRefused(string text) => Assert.False(SizeText.TryParse(text, out _));

    [Theory]
    [InlineData("200ms", 200)]
    [InlineData("5s", 5_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("7d", 604_800_000)]
    [InlineData("0.5s", 500)]
    [InlineData("0s", 0)]
    public void DurationTryParse_WhatPeopleWrite_IsRead(string text, double milliseconds)
    {
        Assert.True(DurationText.TryParse(text, out var span));
        Assert.Equal(milliseconds, span.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("5 parsecs")]
    [InlineData("-5s")]
    [InlineData("99999999999999d")]
    public void DurationTryParse_NoTimeSpan_IsRefused(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Fact]
    public void Format_AnyWholeValue_ReadsBackTheSame()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var i = 0; i < 1_000; i++)
        {
            var bytes = random.NextInt64(1L << random.Next(1, 50));
            Assert.True(
                SizeText.TryParse(SizeText.Format(bytes), out var size) && size == bytes, $"{bytes}, seed {seed}");
            var span = TimeSpan.FromMilliseconds(random.Next(1 << random.Next(1, 30)));
            Assert.True(
                DurationText.TryParse(DurationText.Format(span), out var duration) && duration == span,
                $"{span}, seed {seed}");
        }
    }
}
