using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Culvert.Collector.Query;
using Culvert.Collector.Records;
using Culvert.Records;

namespace Culvert.Collector.Tests.Query;

public sealed class RecordJsonTests
{
    [Fact]
    public void Write_RecordWithEverything_HasTheDocumentedShape()
    {
        var record = new TestRecord(
            "a \"b\" <é>\n",
            Severity.Warn + 1,
            [new("n", long.MaxValue), new("f", 0.5), new("nan", double.NaN), new("inf", double.NegativeInfinity),
                new("t", true),
                new("none", null), new("bytes", new byte[] { 1, 2 }), new(
                    "json", new TestRecord.Json("{\"a\":\n[1,2]}")),
                new("broken", new TestRecord.Json("{\"a\":"))],
            [new("service.name", "api"), new("host.name", "web1")],
            [new("peer.pid", 7), new("peer.user", "www")],
            "4bf92f3577b34da6a3ce929d0e0e473600f067aa0ba902b701",
            "a {B}",
            "Acme",
            "Slow",
            5);

        Assert.Equal(
            "{\"position\":5,\"time\":\"2023-11-14T22:13:20.123456789Z\","
            + "\"observed\":\"2023-11-14T22:13:20.200000000Z\",\"level\":\"warn2\","
            + "\"severity\":14,\"service\":\"api\",\"host\":\"web1\",\"pid\":7,\"user\":\"www\","
            + "\"logger\":\"Acme\",\"event\":\"Slow\","
            + "\"template\":\"a {B}\",\"trace\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"span\":\"00f067aa0ba902b7\","
            + "\"body\":\"a \\\"b\\\" <é>\\n"
            + "\",\"attributes\":{\"n\":9223372036854775807,\"f\":0.5,\"nan\":\"NaN\",\"inf\":\"-Infinity\","
            + "\"t\":true,\"none\":null,\"bytes\":\"AQI=\",\"json\":{\"a\": [1,2]},\"broken\":\"{\\\"a\\\":\"},"
            + "\"resource\":{\"service.name\":\"api\",\"host.name\":\"web1\"},"
            + "\"origin\":{\"peer.pid\":7,\"peer.user\":\"www\"}}",
            Encoding.UTF8.GetString(Print(record)));
    }

    [Fact]
    public void Write_AnyBytes_IsValidJsonOnOneLine()
    {
        for (var seed = 0; seed < 5_000; seed++)
        {
            var random = new RandomText(seed);
            var record = new TestRecord(
                "", Severity.Info,
                [new(random.Text(5), random.Text(9)), new("json" + seed, new TestRecord.Json(random.Query(9)))],
                rawBody: random.Bytes(30));
            var printed = Print(record);

            Assert.True(Utf8.IsValid(printed), $"Seed {seed}");
            Assert.False(printed.AsSpan().ContainsAny((byte)'\n', (byte)'\r'), $"Seed {seed}");
            using var parsed = JsonDocument.Parse(printed);
            Assert.True(parsed.RootElement.TryGetProperty("body", out _), $"Seed {seed}");
        }
    }

    [Theory]
    [InlineData(0L, "1970-01-01T00:00:00.000000000Z")]
    [InlineData(-1L, "1969-12-31T23:59:59.999999999Z")]
    [InlineData(long.MaxValue, "2262-04-11T23:47:16.854775807Z")]
    [InlineData(long.MinValue, "1677-09-21T00:12:43.145224192Z")]
    public void Format_EdgesOfTime_KeepTheirNanoseconds(long unixNs, string expected)
    {
        Assert.Equal(expected, Encoding.ASCII.GetString(RecordTime.Format(unixNs, new byte[RecordTime.TextLength])));
        Assert.True(TimeExpression.TryParse(expected, TimeProvider.System, out var parsed, out _));
        Assert.Equal(unixNs, parsed);
    }

    [Fact]
    public void Append_HostileRecord_LeavesNoControlCharacter()
    {
        for (var c = 0; c <= 0xA0; c++)
        {
            var hostile = $"a{(char)c}[2J\u202eb\u2028\u0007";
            var record = new TestRecord(
                hostile, attributes: [new(hostile, hostile)], resource: [new("service.name", hostile)]);
            var output = new StringBuilder();
            RecordText.Append(output, record.Stored, new RecordTextOptions());

            Assert.DoesNotContain(output.ToString(), one => char.IsControl(one) || one is '\u202e' or '\u2028');
        }
    }

    [Fact]
    public void Append_OneRecord_IsOneReadableLine()
    {
        var record = new TestRecord(
            "Connection refused\nby peer", Severity.Error,
            [new("status", 503), new("path", "a b"), new("long", new string('x', 300))],
            [new("service.name", "api")]);
        var (plain, coloured) = (new StringBuilder(), new StringBuilder());
        RecordText.Append(plain, record.Stored, new RecordTextOptions());
        RecordText.Append(
            coloured, record.Stored, new RecordTextOptions { Colours = true, Attributes = false }, LogQuery.Parse(
                "refused -peer"));

        Assert.Equal(
            "2023-11-14 22:13:20.123 ERR api: Connection refused␊ by peer status=503 path=\"a b\" long="
                + new string('x', 200) + "…",
            plain.ToString());
        Assert.Equal(
            "\e[2m2023-11-14 22:13:20.123\e[0m \e[31mERR\e[0m api: Connection \e[1;4mrefused\e[0m␊ by peer",
            coloured.ToString());
    }

    [Theory]
    [InlineData("refused", "10,7")]
    [InlineData("ref* OR \"the connection\"", "27,7 3,14")]
    [InlineData("-refused", "")]
    [InlineData("message:by level:error service:by", "0,2")]
    public void Find_WordsOfAQuery_AreMarkedWhereTheyStand(string query, string expected)
    {
        var body = query == "refused" ? "the thing refused"u8 : "by the connection that was refused"u8;
        var found = QueryHighlights.Find(LogQuery.Parse(query), body);
        Assert.Equal(
            string.Join(' ', expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order()),
            string.Join(' ', found.Select(range => $"{range.Start},{range.Length}").Order()));
    }

    private static byte[] Print(TestRecord record)
    {
        var output = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(output, RecordJson.WriterOptions);
        RecordJson.Write(writer, record.Stored);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }
}
