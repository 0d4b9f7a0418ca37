using System.Text;
using Culvert.Collector.Inputs.Clef;
using Culvert.Collector.Inputs.Http;
using Culvert.Collector.Intake;
using Culvert.Records;
using FsCheck;
using FsCheck.Fluent;

namespace Culvert.Collector.Tests.Inputs.Clef;

public sealed class ClefDecoderTests
{
    [Fact]
    public void Decode_EventWithEverything_IsKeptWhole()
    {
        var record = Assert.Single(Decode("""
            {"@t":"2023-11-14T22:13:20.1234567Z","@mt":"{User} paid {Amount:0.00} for {@Items}","@l":"Warning",
            "@i":"a1b2c3d4","@r":["12.50"],"@x":"System.InvalidOperationException: no money\n   at Shop.Pay()",
            "@tr":"0af7651916cd43dd8448eb211c80319c","@sp":"b7ad6b7169203331","@st":"2023-11-14T22:13:19Z",
            "@ra":{"service.name":"shop"},"@sa":{"v":1},"User":"Zoë","Amount":12.5,"Items":[1,{"a":null}],"@@at":true,
            "SourceContext":"Shop.Till","Big":123456789012345678901234567890}
            """.ReplaceLineEndings("")));
        Assert.Equal(1_700_000_000_123_456_700, record.TimeNs);
        Assert.Equal(Severity.Warn, record.Severity);
        Assert.Equal("""Zoë paid 12.50 for [1,{"a":null}]""", record.Body);
        Assert.Equal("{User} paid {Amount:0.00} for {@Items}", record.Template);
        Assert.Equal("Shop.Till", record.Logger);
        Assert.Equal("0af7651916cd43dd8448eb211c80319cb7ad6b716920333100", record.Trace);
        Assert.Equal("shop", record.Resource["service.name"]);
        Assert.Equal(
            new Dictionary<string, object?>
            {
                ["exception.stacktrace"] = "System.InvalidOperationException: no money\n   at Shop.Pay()",
                ["exception.type"] = "System.InvalidOperationException",
                ["exception.message"] = "no money",
                ["event.id"] = "a1b2c3d4",
                ["otel.scope.v"] = 1L,
                ["@st"] = "2023-11-14T22:13:19Z",
                ["User"] = "Zoë",
                ["Amount"] = 12.5,
                ["Items"] = """[1,{"a":null}]""",
                ["@at"] = true,
                ["Big"] = 1.2345678901234568E+29,
            },
            record.Attributes);
    }

    [Theory]
    [InlineData(null, 9)]
    [InlineData("Verbose", 1)]
    [InlineData("Debug", 5)]
    [InlineData("Information", 9)]
    [InlineData("Warning", 13)]
    [InlineData("Error", 17)]
    [InlineData("Fatal", 21)]
    [InlineData("Loud", 0)]
    public void Decode_Level_BecomesTheNumber(string? level, int expected)
    {
        var json = level is null ? """{"@m":"x"}""" : $$"""{"@m":"x","@l":"{{level}}"}""";
        var record = Assert.Single(Decode(json));
        Assert.Equal(expected, (int)record.Severity);
        Assert.Equal(expected == 0, record.Attributes.ContainsKey("severity_text"));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("{{A}} {A}", "{A} one")]
    [InlineData("{Missing} {A}!", "{Missing} one!")]
    [InlineData("{A,6}|{A,-6}|", "   one|one   |")]
    [InlineData("{@A} {$A} {B:X}", "one one 2")]
    [InlineData("{", "{")]
    [InlineData("} {A", "} {A")]
    [InlineData("{A,zz} {}", "one {}")]
    [InlineData("{A,2000000000}", "one", true)]
    public void Decode_Template_IsRendered(string template, string expected, bool isPrefix = false)
    {
        var body = Assert.Single(Decode($$"""{"@mt":"{{template}}","A":"one","B":2}""")).Body;
        if (isPrefix) Assert.Equal(expected, body.Trim());
        else Assert.Equal(expected, body);
    }

    [Fact]
    public void Decode_BrokenLinesAmongGood_KeepsTheGoodAndCountsTheBroken()
    {
        var decoder = new ClefDecoder();
        var batches = new RecordBatches();
        byte[] body = [.. "{\"@m\":\"a\"}\n{broken\r\n\n[1]\n"u8, 0xFF, (byte)'\n', .. "{\"@m\":\"b \\ud83d\"}"u8];
        decoder.Decode(body, batches);
        Assert.Equal(3, decoder.MalformedCount);
        Assert.StartsWith("Line 2 ", decoder.Problem);
        Assert.Equal(["a", "b \uFFFD"], Read(batches).Select(record => record.Body));
    }

    [Fact]
    public void Decode_ReservedNamesOfAnotherType_AreKeptAsAttributes()
    {
        var record = Assert.Single(Decode("""{"@t":12,"@m":{"a":1},"@l":null,"@tr":"zz","@foo":"bar"}"""));
        Assert.Equal(12L, record.Attributes["@t"]);
        Assert.Equal("""{"a":1}""", record.Attributes["@m"]);
        Assert.Null(record.Attributes["@l"]);
        Assert.Equal("bar", record.Attributes["@foo"]);
        Assert.Equal("", record.Trace);
    }

    [Fact]
    public void Decode_ServiceFromEnrichers_IsInTheResource()
    {
        var record = Assert.Single(Decode("""{"@m":"x","Application":"shop","MachineName":"db1"}"""));
        Assert.Equal("shop", record.Resource["service.name"]);
        Assert.Equal("db1", record.Resource["host.name"]);
    }

    [Fact]
    public void Decode_AnyText_NeverThrowsAndStaysValid() => Prop.ForAll<string, string>((template, value) =>
    {
        var json = System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["@mt"] = template + "{A," + value + "}{A:" + value + "}", ["A"] = value, ["@x"] = template, ["@l"] = value,
        });
        Decode(json);
        Decode(template);
        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Decode_ChangedBytes_NeverThrowsAndStaysValid()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var line = """{"@t":"2023-11-14T22:13:20Z","@mt":"{A} {B:x}","@r":["\u00e9\n"],"@x":"E: m","A":{"b":["""u8
            + """1.5e3]},"B":"\ud83d\ude00"}"""u8;
        for (var i = 0; i < 10_000; i++)
        {
            var changed = line.ToArray();
            for (var n = random.Next(1, 3); n > 0; n--) changed[random.Next(changed.Length)] = (byte)random.Next(256);
            var batches = new RecordBatches();
            new ClefDecoder().Decode(changed, batches);
            Read(batches);
        }
    }

    [Fact]
    public void Decode_NameWithALoneSurrogate_IsKept()
    {
        var record = Assert.Single(Decode("""{"@m":"a","\ud800x":1}"""));
        Assert.Equal("a", record.Body);
        Assert.Contains("\uFFFDx", record.Attributes.Keys);
    }

    private static IReadOnlyList<CapturedRecord> Decode(string json)
    {
        var batches = new RecordBatches();
        new ClefDecoder().Decode(Encoding.UTF8.GetBytes(json), batches);
        return Read(batches);
    }

    private static IReadOnlyList<CapturedRecord> Read(RecordBatches batches)
    {
        var intake = new CapturingIntake();
        var result = new HttpIntake("clef", intake, TimeProvider.System).AcceptAsync(batches,
            AttributeWriter.Encode([]));
        Assert.Equal(IntakeStatus.Durable, result.Result.Status);
        return intake.Records;
    }
}
