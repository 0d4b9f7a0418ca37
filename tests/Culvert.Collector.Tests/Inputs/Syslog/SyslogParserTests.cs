using Culvert.Collector.Inputs.Lines;
using Culvert.Collector.Inputs.Syslog;
using Culvert.Collector.Tests.Inputs.Lines;
using Culvert.Records;

namespace Culvert.Collector.Tests.Inputs.Syslog;

public sealed class SyslogParserTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Parse_Rfc5424Example_MapsEveryPart()
    {
        var record = Parse(
            "<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog 812 ID47 "
            + "[exampleSDID@32473 iut=\"3\" eventSource=\"Appli\\\"ca\\]tion\"][other@1 a=\"\\x\"] \uFEFFAn "
            + "application event");

        Assert.Equal("An application event", record.Body);
        Assert.Equal(Severity.Info + 1, record.Severity);
        Assert.Equal(1_065_910_455_003_000_000, record.TimeNs);
        Assert.Equal("evntslog", record.Resource["service.name"]);
        Assert.Equal("mymachine.example.com", record.Resource["host.name"]);
        Assert.Equal(812L, record.Resource["process.pid"]);
        Assert.Equal("local4", record.Attributes["syslog.facility"]);
        Assert.Equal("ID47", record.Attributes["syslog.msgid"]);
        Assert.Equal("3", record.Attributes["sd.exampleSDID@32473.iut"]);
        Assert.Equal("Appli\"ca]tion", record.Attributes["sd.exampleSDID@32473.eventSource"]);
        Assert.Equal("\\x", record.Attributes["sd.other@1.a"]);
    }

    [Fact]
    public void Parse_Rfc5424AllNil_HasNoneOfThem()
    {
        var record = Parse("<0>1 - - - - - -");
        Assert.Equal("", record.Body);
        Assert.Equal(0, record.TimeNs);
        Assert.Equal(Severity.Fatal, record.Severity);
        Assert.Equal("default", record.Resource["service.name"]);
        Assert.Equal(["syslog.facility"], record.Attributes.Keys);
    }

    [Theory]
    [InlineData("<34>Oct 11 22:14:15 mymachine su: 'su root' failed", "mymachine", "su", null, "'su root' failed")]
    [InlineData("<34>Oct 11 22:14:15 su[12]: failed", null, "su", 12L, "failed")]
    [InlineData("<34>Oct  1 22:14:15 box app[7]: x: y", "box", "app", 7L, "x: y")]
    [InlineData("<34>Oct 11 2024 22:14:15 box app: x", "box", "app", null, "x")]
    [InlineData("<34>Oct 11 22:14:15 2024 box app: x", "box", "app", null, "x")]
    [InlineData("<34>Oct 11 22:14:15.123456 box app: x", "box", "app", null, "x")]
    [InlineData("<34>2024-10-11T22:14:15.003+02:00 box app[3]: x", "box", "app", 3L, "x")]
    [InlineData("<34>app: no time", null, "app", null, "no time")]
    [InlineData("<34>just words here", null, "default", null, "just words here")]
    [InlineData("<34>see http://x/ now", null, "default", null, "see http://x/ now")]
    [InlineData("<34>", null, "default", null, "")]
    [InlineData("<34>Oct 11 22:14:15", null, "default", null, "")]
    public void Parse_Rfc3164WithMissingParts_FindsTheOthers(
        string text, string? host, string service, long? process, string body)
    {
        var record = Parse(text);
        Assert.Equal(body, record.Body);
        Assert.Equal(service, record.Resource["service.name"]);
        Assert.Equal(host, record.Resource.GetValueOrDefault("host.name"));
        Assert.Equal(process ?? 1L, record.Resource["process.pid"]);
        Assert.Equal(Severity.Error + 1, record.Severity);
    }

    [Theory]
    [InlineData("2027-01-01T00:05:00Z", "Dec 31 23:59:59", "2026-12-31T23:59:59Z")]
    [InlineData("2026-12-31T23:59:59Z", "Jan  1 00:00:05", "2027-01-01T00:00:05Z")]
    [InlineData("2026-11-22T12:00:00Z", "Nov 22 11:00:00", "2026-11-22T11:00:00Z")]
    [InlineData("2026-11-22T12:00:00Z", "Dec 24 11:00:00", "2025-12-24T11:00:00Z")]
    [InlineData("2099-12-31T23:59:59Z", "Dec 31 23:00:00", "2099-12-31T23:00:00Z")]
    [InlineData("2027-03-01T00:00:00Z", "Feb 29 11:00:00", "2024-02-29T11:00:00Z")]
    public void Parse_TimeWithoutYear_IsTheLatestThatIsNotAhead(string now, string text, string expected)
    {
        var parser = new SyslogParser(new ManualTime(DateTimeOffset.Parse(now, null)));
        var record = ParsedLine.Of(parser.ParseBytes, $"<13>{text} a: b", out _);
        Assert.Equal(DateTimeOffset.Parse(expected, null).ToUnixTimeSeconds(), record.TimeNs / 1_000_000_000);
    }

    [Fact]
    public void Parse_TimeWithoutZone_IsLocal()
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(-3), "test", "test");
        var parser = new SyslogParser(new ManualTime(Now, zone));
        var record = ParsedLine.Of(parser.ParseBytes, "<13>Nov 22 08:00:00 a: b", out _);
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 11, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds(),
            record.TimeNs / 1_000_000_000);
    }

    [Theory]
    [InlineData("no priority")]
    [InlineData("<192>over the range")]
    [InlineData("<>empty")]
    [InlineData("<13")]
    [InlineData("<1234>x")]
    [InlineData("<13>1 2003-10-11T22:14:15Z host app 1 ID [broken=\"x body")]
    [InlineData("<13>1 2003-10-11T22:14:15Z host")]
    [InlineData("<13>1 notatime host app 1 ID - body")]
    public void Parse_Broken_IsKeptWholeAndCounted(string text)
    {
        var record = ParsedLine.Of(new SyslogParser(new ManualTime(Now)).ParseBytes, text, out var mends);
        Assert.Equal(LineMends.BrokenSyslog, mends);
        Assert.EndsWith(record.Body, text);
        Assert.True(record.Body.Length >= text.Length - "<13>".Length);
    }

    private static CapturedRecord Parse(string text)
    {
        var record = ParsedLine.Of(new SyslogParser(new ManualTime(Now)).ParseBytes, text, out var mends);
        Assert.Equal(LineMends.None, mends);
        return record;
    }
}
