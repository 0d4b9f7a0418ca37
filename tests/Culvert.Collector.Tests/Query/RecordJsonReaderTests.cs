using System.Buffers;
using System.Text;
using System.Text.Json;
using Culvert.Collector.Records;
using Culvert.Records;

namespace Culvert.Collector.Tests.Query;

public sealed class RecordJsonReaderTests
{
    [Fact]
    public void Read_WhatWasWritten_PrintsTheSameAgain()
    {
        var reader = new RecordJsonReader();
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new RandomText(seed);
            var record = new TestRecord(
                random.Text(9),
                (Severity)random.Next(25),
                [new("a" + random.Text(4), random.Text(9)), new("n", (long)random.Next(1_000)), new("f", 0.5),
                    new("t", true),
                    new("none", null), new("json", new TestRecord.Json("{\"a\":[1,2]}"))],
                [new("service.name", random.Text(3)), new("host.name", "web1")],
                [new("peer.pid", 7)],
                seed % 2 == 0 ? "4bf92f3577b34da6a3ce929d0e0e473600f067aa0ba902b700" : "",
                random.Text(3),
                random.Text(2),
                random.Text(2),
                (ulong)seed);
            var printed = Print(record.Stored);

            var again = "";
            Assert.True(reader.Read(Encoding.UTF8.GetBytes(printed), (in read) =>
            {
                again = Print(read);
                return true;
            }));
            Assert.Equal(printed, again);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("{\"position\":1,\"time\":\"yesterday\"}")]
    [InlineData("{\"\\ud8000\":1}")]
    public void Read_NoRecord_SaysSo(string json)
    {
        var reader = new RecordJsonReader();
        var exception = Record.Exception(() => reader.Read(Encoding.UTF8.GetBytes(json), (in _) => true));
        Assert.True(exception is JsonException or FormatException, $"{exception}");
    }

    [Fact]
    public void Read_SeverityThatNoRecordHas_SaysSo()
    {
        var json = Print(new TestRecord("x").Stored)
            .Replace("\"severity\":9", "\"severity\":25", StringComparison.Ordinal);
        var reader = new RecordJsonReader();
        var exception = Assert.Throws<FormatException>(() => reader.Read(Encoding.UTF8.GetBytes(json), (in _) => true));
        Assert.Contains("25", exception.Message, StringComparison.Ordinal);
    }

    private static string Print(in StoredRecord record)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, RecordJson.WriterOptions)) RecordJson.Write(writer, record);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
