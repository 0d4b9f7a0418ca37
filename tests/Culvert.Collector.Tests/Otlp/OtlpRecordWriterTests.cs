using System.Text;
using Culvert.Collector.Inputs.Http;
using Culvert.Collector.Inputs.Otlp;
using Culvert.Collector.Otlp;
using Culvert.Collector.Records;
using Culvert.Records;

namespace Culvert.Collector.Tests.Otlp;

/// <summary>What is written for Kafka is read by the collector's own OTLP input.</summary>
public sealed class OtlpRecordWriterTests
{
    [Fact]
    public void Write_RecordWithEverything_IsReadBackWhole()
    {
        var source = Source.From(
            AttributeWriter.Encode([new("input", "native"), new("peer.pid", 7)]),
            AttributeWriter.Encode([new("service.name", "shop"), new("host.name", "a")]));
        byte[] trace = [.. Enumerable.Range(1, 25).Select(i => (byte)i)];
        var attributes = new RecordBuffer(64);
        var list = AttributeWriter.Begin(attributes);
        list.Add("count"u8, -5L);
        list.Add("share"u8, 0.25);
        list.Add("is"u8, true);
        list.AddJson("tree"u8, """{"a":[1,2.5,null,{"b":"\u00fc"}]}"""u8);
        list.AddNull("nothing"u8);
        list.AddBytes("raw"u8, [1, 2]);
        list.End();
        var written = new OtlpRecordWriter().Write(new StoredRecord
        {
            Position = 3, TimeNs = 11, ObservedNs = 12, Severity = Severity.Warn, Flags = default, Source = source,
            Trace = trace, Template = "Hello {Name}"u8, Logger = "Shop.Cart"u8, EventName = "Greeted"u8,
            Body = "Hello Zoë"u8, Attributes = AttributeList.Read(attributes.Written),
        });

        var batches = new RecordBatches();
        using var decoder = new OtlpDecoder();
        Assert.True(decoder.TryDecode(written, batches));
        Assert.True(RecordBatchReader.TryOpen(batches.Batch(0).Span, out var reader, out _));
        Assert.True(reader.TryRead(out var record));
        Assert.Equal((11L, Severity.Warn), (record.TimeNs, record.Severity));
        Assert.Equal(
            ["Hello Zoë", "Hello {Name}", "Shop.Cart", "Greeted"],
            [Text(record.Body), Text(record.Template), Text(record.Logger), Text(record.EventName)]);
        Assert.Equal(trace, record.Trace.ToArray());
        Assert.True(record.Attributes.TryFind("count"u8, out var count) && count.Int64 == -5);
        Assert.True(record.Attributes.TryFind("share"u8, out var share) && share.Double == 0.25);
        Assert.True(record.Attributes.TryFind("is"u8, out var flag) && flag.Type == AttributeType.True);
        Assert.True(record.Attributes.TryFind("tree"u8, out var tree));
        Assert.Equal("""{"a":[1,2.5,null,{"b":"ü"}]}""", Text(tree.Value));
        Assert.True(record.Attributes.TryFind("raw"u8, out var raw) && raw.Value.SequenceEqual((byte[])[1, 2]));
        var resource = reader.Resource(0);
        Assert.True(resource.TryFind("service.name"u8, out var service) && Text(service.Value) == "shop");
        Assert.True(resource.TryFind("culvert.origin.peer.pid"u8, out var pid) && pid.Int64 == 7);
        Assert.False(reader.TryRead(out _));
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
