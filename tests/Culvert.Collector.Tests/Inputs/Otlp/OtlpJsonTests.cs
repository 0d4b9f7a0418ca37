using System.Text;
using Culvert.Collector.Inputs.Otlp;

namespace Culvert.Collector.Tests.Inputs.Otlp;

public sealed class OtlpJsonTests
{
    internal const string Everything = """
        {"resourceLogs":[{
          "scopeLogs":[{"logRecords":[{
            "timeUnixNano":"1700000000000000001","observedTimeUnixNano":1700000000000000002,
            "severityNumber":"SEVERITY_NUMBER_WARN3","severityText":"WARN3",
            "body":{"stringValue":"took 7 ms"},
            "attributes":[
              {"key":"{OriginalFormat}","value":{"stringValue":"took {Ms} ms"}},
              {"key":"Ms","value":{"intValue":"7"}},
              {"key":"negative","value":{"intValue":-3}},
              {"key":"ratio","value":{"doubleValue":0.5}},
              {"key":"ok","value":{"boolValue":true}},
              {"key":"raw","value":{"bytesValue":"AQL/"}},
              {"key":"none","value":{}},
              {"key":"list","value":{"arrayValue":{"values":[{"stringValue":"a\"b"},{"intValue":2},
                {"kvlistValue":{"values":[{"key":"k","value":{"boolValue":false}}]}}]}}}],
            "droppedAttributesCount":4,"flags":1,"unknownField":{"x":[1,2]},
            "traceId":"0AF7651916CD43DD8448EB211C80319C","spanId":"b7ad6b7169203331","eventName":"order.slow"}],
            "scope":{"name":"Api.Orders","version":"1.2",
              "attributes":[{"key":"team","value":{"stringValue":"blue"}}]}}],
          "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"api"}},
            {"key":"process.pid","value":{"intValue":"42"}}]}}]}
        """;

    [Fact]
    public void TryDecode_SnakeCase_IsTheSameAsCamelCase()
    {
        var snake = Everything;
        foreach (var name in (string[])["resourceLogs", "scopeLogs", "logRecords", "timeUnixNano",
            "observedTimeUnixNano",
            "severityNumber", "severityText", "stringValue", "intValue", "doubleValue", "boolValue", "bytesValue",
            "arrayValue", "kvlistValue", "droppedAttributesCount", "traceId", "spanId", "eventName"])
        {
            var words = string.Concat(name.Select(c => char.IsUpper(c) ? "_" + char.ToLowerInvariant(c)
                : c.ToString()));
            snake = snake.Replace($"\"{name}\"", $"\"{words}\"");
        }

        Assert.NotEqual(Everything, snake);
        OtlpInputTests.AssertEverything(Assert.Single(OtlpDecoderTests.Decode(Encoding.UTF8.GetBytes(snake),
            isJson: true)!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}{}")]
    [InlineData("""{"resourceLogs":{}}""")]
    [InlineData("""{"resourceLogs":[],"\ud800aaaaaaaaaa":1}""")]
    [InlineData("""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"soon"}]}]}]}""")]
    [InlineData("""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityNumber":"LOUD"}]}]}]}""")]
    [InlineData("""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"bytesValue":"%%"}}]}]}]}""")]
    public void TryDecode_NotThatShape_IsRefused(string json) =>
        Assert.Null(OtlpDecoderTests.Decode(Encoding.UTF8.GetBytes(json), isJson: true));

    [Fact]
    public void TryDecode_LoneSurrogate_IsReplaced()
    {
        var json = """{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"cut """
            + """\ud83d"},"traceId":"zz"}]}]}]}""";
        var record = Assert.Single(OtlpDecoderTests.Decode(Encoding.UTF8.GetBytes(json), isJson: true)!);
        Assert.Equal("cut \uFFFD", record.Body);
        Assert.Equal("", record.Trace);
    }

    [Fact]
    public void TryRewrite_AnyPrefixOrChangedByte_NeverThrows()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var json = Encoding.UTF8.GetBytes(Everything);
        using var scratch = new OtlpScratch();
        for (var length = 0; length < json.Length; length++) Assert.False(scratch.TryDecode(json.AsSpan(0,
            length), true));
        for (var i = 0; i < 5_000; i++)
        {
            var changed = json.ToArray();
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            if (scratch.TryDecode(changed, true)) OtlpDecoderTests.AssertValid(scratch);
        }
    }
}
