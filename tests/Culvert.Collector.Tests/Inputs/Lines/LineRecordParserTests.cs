using Culvert.Collector.Inputs.Lines;
using Culvert.Records;

namespace Culvert.Collector.Tests.Inputs.Lines;

public sealed class LineRecordParserTests
{
    private readonly LineRecordParser _parser = new(
        new ManualTime(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero)));

    [Fact]
    public void Parse_PinoLine_MapsWellKnownKeysAndKeepsTheRest()
    {
        var record = Parse(
            """{"level":50,"time":1700000000123,"pid":77,"hostname":"web1","name":"api","msg":"it \"broke\"","ms":"""
            + """7,"ok":true,"r":0.5,"x":null,"req":{"id":[1,2]}}""",
            out var mends);

        Assert.Equal(LineMends.None, mends);
        Assert.Equal(Severity.Error, record.Severity);
        Assert.Equal(1_700_000_000_123_000_000, record.TimeNs);
        Assert.Equal("it \"broke\"", record.Body);
        Assert.Equal("api", record.Logger);
        Assert.Equal(77L, record.Resource["process.pid"]);
        Assert.Equal("web1", record.Resource["host.name"]);
        Assert.Equal("default", record.Resource["service.name"]);
        Assert.Equal(["ms", "ok", "r", "x", "req"], record.Attributes.Keys);
        Assert.Equal(7L, record.Attributes["ms"]);
        Assert.Equal(0.5, record.Attributes["r"]);
        Assert.Equal("""{"id":[1,2]}""", record.Attributes["req"]);
    }

    [Fact]
    public void Parse_OpenTelemetryKeys_BecomeTraceServiceAndStack()
    {
        var record = Parse(
            """
            {"@timestamp":"2023-11-14T22:13:20Z","log.level":"WARN","message":"m",
            "trace.id":"0af7651916cd43dd8448eb211c80319c","span.id":"b7ad6b7169203331","service.name":"shop",
            "error.stack_trace":"at X"}
            """.ReplaceLineEndings(""),
            out _);

        Assert.Equal("0af7651916cd43dd8448eb211c80319cb7ad6b716920333100", record.Trace);
        Assert.Equal("shop", record.Resource["service.name"]);
        Assert.Equal("at X", record.Attributes["exception.stacktrace"]);
        Assert.Equal(Severity.Warn, record.Severity);
    }

    [Fact]
    public void Parse_WellKnownKeyWithAValueThatIsNone_KeepsItAsAttribute()
    {
        var record = Parse("""{"time":"soon","level":"loud","trace_id":"xyz","msg":"a","message":"b"}""", out _);

        Assert.Equal("a", record.Body);
        Assert.Equal(["time", "level", "trace_id", "message"], record.Attributes.Keys);
    }

    [Fact]
    public void Parse_JsonWithoutMessage_HasItselfAsBody()
    {
        var record = Parse("""{"a":1}""", out _);
        Assert.Equal("""{"a":1}""", record.Body);
        Assert.True(record.Flags.HasFlag(RecordFlags.BodyIsJson));
    }

    [Theory]
    [InlineData("{\"a\":1")]
    [InlineData("{\"a\":1} trailing")]
    [InlineData("{nonsense}")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("{\"__REALTIME_TIMESTAMP\":")]
    public void Parse_BrokenJson_IsKeptAsPlainTextAndCounted(string line)
    {
        var record = Parse(line, out var mends);
        Assert.Equal(LineMends.BrokenJson, mends);
        Assert.Equal(line, record.Body);
        Assert.Empty(record.Attributes);
    }

    [Fact]
    public void Parse_JsonDeeperThanTheLimit_IsKeptAsPlainText()
    {
        var line = "{\"a\":" + new string('[', 100_000);
        Assert.Equal(line, Parse(line, out var mends).Body);
        Assert.Equal(LineMends.BrokenJson, mends);
    }

    [Fact]
    public void Parse_InvalidUtf8_IsReplacedAndCounted()
    {
        var record = ParsedLine.Of(_parser.Parse, [.. "a"u8, 0xFF, .. "b"u8, 0xE2, 0x82], out var mends);
        Assert.Equal("a\uFFFDb\uFFFD", record.Body);
        Assert.Equal(LineMends.InvalidText, mends);
    }

    [Fact]
    public void Parse_CutLine_IsMarkedAsTruncated()
    {
        var record = ParsedLine.Of(_parser.Parse, "{\"half\":"u8, out var mends, isCut: true);
        Assert.True(record.Flags.HasFlag(RecordFlags.Truncated));
        Assert.Equal(LineMends.Cut, mends);
    }

    [Theory]
    [InlineData("2026-11-22 10:00:00,123 ERROR it failed", Severity.Error)]
    [InlineData("[2026-11-22T10:00:00Z] [warn] low disk", Severity.Warn)]
    [InlineData("warn: Shop.Cart[0]", Severity.Warn)]
    [InlineData("WARNING:root:careful", Severity.Warn)]
    [InlineData("level=debug msg=x", Severity.Debug)]
    [InlineData("E1122 10:20:30.000000 1 main.go:1] x", Severity.Error)]
    [InlineData("10:00:00 INFO ok", Severity.Info)]
    [InlineData("Error opening the error.log", Severity.Unspecified)]
    [InlineData("no error here", Severity.Unspecified)]
    [InlineData("GET /info 200", Severity.Unspecified)]
    [InlineData("", Severity.Unspecified)]
    public void Parse_PlainLine_GuessesTheLevelOnlyWhereItIsMarked(string line, Severity expected)
    {
        var record = Parse(line, out _);
        Assert.Equal(expected, record.Severity);
        Assert.Equal(line, record.Body);
    }

    [Fact]
    public void Parse_PlainLineWithTime_TakesIt() =>
        Assert.Equal(1_700_000_000_000_000_000, Parse("[2023-11-14T22:13:20Z] x", out _).TimeNs);

    [Fact]
    public void Parse_LineWithPriority_IsSyslog()
    {
        var record = Parse("<11>app[9]: disk gone", out _);
        Assert.Equal("disk gone", record.Body);
        Assert.Equal(Severity.Error, record.Severity);
        Assert.Equal("app", record.Resource["service.name"]);
    }

    [Fact]
    public void Parse_JournalEntry_KeepsAllFields()
    {
        var record = Parse(
            """
            {"__REALTIME_TIMESTAMP":"1700000000123456","PRIORITY":"4","_PID":"812","_COMM":"sshd",
            "_UID":"0","_EXE":"/usr/sbin/sshd",
            "SYSLOG_IDENTIFIER":"sshd-session","_HOSTNAME":"box","_SYSTEMD_UNIT":"ssh.service",
            "MESSAGE":[104,105,255],"BIN":[0,255],"TWICE":["a","b"],"LONG":null}
            """.ReplaceLineEndings(""),
            out var mends);

        Assert.Equal(LineMends.None, mends);
        Assert.Equal("hi\uFFFD", record.Body);
        Assert.Equal(Severity.Warn, record.Severity);
        Assert.Equal(1_700_000_000_123_456_000, record.TimeNs);
        Assert.Equal("sshd-session", record.Resource["service.name"]);
        Assert.Equal(812L, record.Resource["process.pid"]);
        Assert.Equal("box", record.Resource["host.name"]);
        Assert.Equal(812L, record.Attributes["pid"]);
        Assert.Equal("root", record.Attributes["user"]);
        Assert.Equal("/usr/sbin/sshd", record.Attributes["exe"]);
        Assert.Equal("ssh.service", record.Attributes["_SYSTEMD_UNIT"]);
        Assert.Equal("sshd", record.Attributes["_COMM"]);
        Assert.Equal(new byte[] { 0, 255 }, record.Attributes["BIN"]);
        Assert.Equal("""["a","b"]""", record.Attributes["TWICE"]);
        Assert.Null(record.Attributes["LONG"]);
    }

    [Fact]
    public void Parse_RandomBytes_NeverThrowsAndStaysValid()
    {
        string[] seeds =
        [
            """{"level":50,"time":"2023-11-14T22:13:20Z","msg":"x \u00e9 \ud83d\ude00","a":[1,{"b":"""
            + """null}],"trace_id":"0af7651916cd43dd8448eb211c80319c"}""",
            """{"__REALTIME_TIMESTAMP":"1700000000123456","MESSAGE":[104,105],"PRIORITY":"3"}""",
            "<165>1 2003-10-11T22:14:15.003Z host app 1 ID [a@1 b=\"c\\\"\"] \uFEFFbody",
            "<34>Oct 11 22:14:15 mymachine su[1]: 'su root' failed",
            "[2026-11-22T10:00:00+02:00] [warn] low disk level=info",
        ];
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = System.Text.Encoding.UTF8.GetBytes(seeds[random.Next(seeds.Length)]);
            for (var change = random.Next(6); change >= 0; change--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var line = bytes.AsSpan(0, random.Next(bytes.Length + 1));
            try
            {
                ParsedLine.Of(_parser.Parse, line, out _);
            }
            catch (Exception exception)
            {
                Assert.Fail($"Seed {seed}, round {round}, {Convert.ToHexString(line)}: {exception}");
            }
        }
    }

    private CapturedRecord Parse(string line, out LineMends mends) => ParsedLine.Of(_parser.Parse, line, out mends);
}
