using System.Text;
using Culvert.Collector.Inputs.Lines;

namespace Culvert.Collector.Tests.Inputs.Lines;

public sealed class TimestampParserTests
{
    private const long Base = 1_700_000_000_000_000_000; // 2023-11-14T22:13:20Z

    [Theory]
    [InlineData("2023-11-14T22:13:20Z", Base)]
    [InlineData("2023-11-14t22:13:20z", Base)]
    [InlineData("2023-11-14 22:13:20", Base)]
    [InlineData("2023/11/14 22:13:20", Base)]
    [InlineData("2023-11-14T23:13:20+01:00", Base)]
    [InlineData("2023-11-14T23:13:20+0100", Base)]
    [InlineData("2023-11-14T23:13:20 +01", Base)]
    [InlineData("2023-11-14T16:43:20-05:30", Base)]
    [InlineData("2023-11-14T22:13:20.123456789Z", Base + 123_456_789)]
    [InlineData("2023-11-14T22:13:20,5Z", Base + 500_000_000)]
    [InlineData("2023-11-14T22:13:20.1234567891234Z", Base + 123_456_789)]
    [InlineData("1700000000", Base)]
    [InlineData("1700000000.25", Base + 250_000_000)]
    [InlineData("1.7e9", Base)]
    [InlineData("1700000000123", Base + 123_000_000)]
    [InlineData("1700000000123456", Base + 123_456_000)]
    [InlineData("1700000000123456789", Base + 123_456_789)]
    [InlineData("1970-01-01T00:00:01Z", 1_000_000_000)]
    [InlineData("2099-12-31T23:59:60Z", 4_102_444_800_000_000_000)]
    [InlineData("2024-02-29T00:00:00Z", 1_709_164_800_000_000_000)]
    public void TryParse_KnownShape_IsThatInstant(string text, long expectedNs)
    {
        Assert.True(TimestampParser.TryParse(Encoding.UTF8.GetBytes(text), TimeZoneInfo.Utc, out var timeNs));
        Assert.Equal(expectedNs, timeNs);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("NaN")]
    [InlineData("1e99")]
    [InlineData("99999999999999999999999999999999999")]
    [InlineData("2023-02-29T00:00:00Z")]
    [InlineData("2023-13-01T00:00:00Z")]
    [InlineData("2023-11-14T24:00:00Z")]
    [InlineData("2023-11-14T22:13")]
    [InlineData("1969-12-31T23:59:59Z")]
    [InlineData("9999-12-31T23:59:59Z")]
    [InlineData("2023-11-14T22:13:20Zulu")]
    [InlineData("yesterday")]
    public void TryParse_NoTime_IsRefused(string text) =>
        Assert.False(TimestampParser.TryParse(Encoding.UTF8.GetBytes(text), TimeZoneInfo.Utc, out _));

    [Fact]
    public void TryParse_NoZone_IsLocal()
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(2), "test", "test");
        Assert.True(TimestampParser.TryParse("2023-11-15 00:13:20"u8, zone, out var timeNs));
        Assert.Equal(Base, timeNs);
    }
}
