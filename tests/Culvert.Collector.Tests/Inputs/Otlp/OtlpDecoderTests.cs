using Culvert.Collector.Inputs.Http;
using Culvert.Collector.Inputs.Otlp;
using Culvert.Collector.Intake;
using Culvert.Records;
using FsCheck;
using FsCheck.Fluent;

namespace Culvert.Collector.Tests.Inputs.Otlp;

public sealed class OtlpDecoderTests
{
    [Fact]
    public void TryDecode_EmptyBody_IsARequestWithoutRecords() => Assert.Empty(Decode([])!);

    [Fact]
    public void TryDecode_EmptyRecord_IsKept()
    {
        var record = Assert.Single(Decode(OtlpInputTests.Request(_ => { }))!);
        Assert.Equal("", record.Body);
        Assert.Equal(0, record.TimeNs);
        Assert.Equal(Severity.Unspecified, record.Severity);
    }

    [Theory]
    [InlineData("Warning", Severity.Warn)]
    [InlineData("CRITICAL", Severity.Fatal)]
    [InlineData("loud", Severity.Unspecified)]
    public void TryDecode_SeverityTextAlone_GivesTheNumber(string text, Severity expected)
    {
        var record = Assert.Single(Decode(OtlpInputTests.Request(record => record.Text(3, text)))!);
        Assert.Equal(expected, record.Severity);
        Assert.Equal(text, record.Attributes["severity_text"]);
    }

    [Fact]
    public void TryDecode_ClockOutOfRange_IsTakenAsUnknown()
    {
        var records = Decode(OtlpInputTests.Request(
            record => record.Fixed64(1, ulong.MaxValue), record => record.Fixed64(1, 1), record =>
                record.Fixed64(11, 5)))!;
        Assert.Equal([0L, 1L, 5L], records.Select(record => record.TimeNs));
    }

    [Fact]
    public void TryDecode_BodyIsAMap_IsKeptAsJson()
    {
        var record = Assert.Single(Decode(OtlpInputTests.Request(record =>
            record.Message(5, body => body.Message(6, map => map
            .Pair(1, "a", value => value.Number(3, 1))
            .Pair(1, "nan", value => value.Fixed64(4, BitConverter.DoubleToUInt64Bits(double.NaN)))))))!);
        Assert.Equal("""{"a":1,"nan":"NaN"}""", record.Body);
        Assert.True(record.Flags.HasFlag(RecordFlags.BodyIsJson));
    }

    [Fact]
    public void TryDecode_InvalidUtf8_IsRepaired()
    {
        var record = Assert.Single(Decode(OtlpInputTests.Request(record => record
            .Message(5, body => body.Bytes(1, [(byte)'a', 0xFF, (byte)'b']))
            .Message(6, pair => pair.Bytes(1, [0xC3]).Message(2, value => value.Bytes(1, [0xED, 0xA0, 0x80])))))!);
        Assert.Equal("a\uFFFDb", record.Body);
        Assert.Equal("\uFFFD\uFFFD\uFFFD", record.Attributes["\uFFFD"]);
    }

    [Fact]
    public void TryDecode_InvalidKeysWithinAnInvalidKey_AreEachRepaired()
    {
        var record = Assert.Single(Decode(OtlpInputTests.Request(record => record
            .Message(6, pair => pair.Bytes(1, [(byte)'a', 0xFF]).Message(2, value => value.Message(6, map => map
                .Message(1, inner => inner.Bytes(1, [0xFF, (byte)'b', 0xFE]).Message(2, text =>
                    text.Text(1, "c"))))))))!);
        Assert.Equal("{\"\uFFFDb\uFFFD\":\"c\"}", record.Attributes["a\uFFFD"]);
    }

    [Fact]
    public void TryDecode_ValueNestedTooDeeply_IsCutAndMarked()
    {
        Action<ProtobufBuilder> value = inner => inner.Text(1, "deep");
        for (var i = 0; i < 200; i++)
        {
            var inner = value;
            value = outer => outer.Message(5, list => list.Message(1, inner));
        }

        var record = Assert.Single(Decode(OtlpInputTests.Request(record => record.Pair(6, "nested", value)))!);
        Assert.True(record.Flags.HasFlag(RecordFlags.Truncated));
        Assert.Contains("null", (string)record.Attributes["nested"]!);
    }

    [Fact]
    public void TryDecode_ManyRecords_AreSplitIntoBatches()
    {
        var records = Enumerable.Range(0, 5_000)
            .Select(i => (Action<ProtobufBuilder>)(record => record.Message(5, body => body.Text(1, $"line {i}"))))
            .ToArray();
        using var scratch = new OtlpScratch();
        Assert.True(scratch.TryDecode(OtlpInputTests.Request(records), false));
        Assert.InRange(scratch.Batches.Count, 2, 10);
        Assert.Equal(5_000, scratch.Batches.RecordCount);
        Assert.Equal(Enumerable.Range(0, 5_000).Select(i => $"line {i}"), Read(scratch).Select(record => record.Body));
    }

    [Fact]
    public void TryDecode_AnyPrefixOrChangedBytes_NeverThrowsAndStaysValid()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var whole = OtlpInputTests.Request(OtlpInputTests.Everything, OtlpInputTests.Everything);
        using var scratch = new OtlpScratch();
        for (var length = 1; length < whole.Length; length++) Assert.False(scratch.TryDecode(whole.AsSpan(0,
            length), false));
        for (var i = 0; i < 20_000; i++)
        {
            var changed = whole.ToArray();
            for (var n = random.Next(1, 4); n > 0; n--) changed[random.Next(changed.Length)] = (byte)random.Next(256);
            if (scratch.TryDecode(changed, false)) AssertValid(scratch);
        }
    }

    [Fact]
    public void TryDecode_RandomBytes_NeverThrows()
    {
        using var scratch = new OtlpScratch();
        Prop.ForAll<byte[]>(bytes =>
        {
            if (scratch.TryDecode(bytes, false)) AssertValid(scratch);
            return true;
        }).QuickCheckThrowOnFailure();
    }

    internal static void AssertValid(OtlpScratch scratch)
    {
        for (var i = 0; i < scratch.Batches.Count; i++)
            Assert.True(RecordBatchReader.Validate(scratch.Batches.Batch(i).Span, out _, out _, out var problem),
                problem);
    }

    internal static IReadOnlyList<CapturedRecord>? Decode(byte[] body, bool isJson = false)
    {
        using var scratch = new OtlpScratch();
        return scratch.TryDecode(body, isJson) ? Read(scratch) : null;
    }

    private static IReadOnlyList<CapturedRecord> Read(OtlpScratch scratch)
    {
        var intake = new CapturingIntake();
        var http = new HttpIntake("otlp", intake, TimeProvider.System);
        var result = http.AcceptAsync(scratch.Batches, AttributeWriter.Encode([]));
        Assert.True(result.IsCompleted);
        Assert.Equal(IntakeStatus.Durable, result.Result.Status);
        return intake.Records;
    }
}
