using System.Buffers;
using System.Text;
using Culvert.Records;

namespace Culvert.Tests;

public sealed class RecordBatchTests
{
    [Fact]
    public void WriteTo_OneRecordWithEverything_ReadsBackTheSame()
    {
        var writer = new RecordBatchWriter();
        var resource = writer.AddResource(AttributeWriter.Encode([new("service.name", "api"), new("process.pid", 42)]));
        writer.BeginRecord(resource, Severity.Warn, 1_700_000_000_000_000_000, gap: 3);
        writer.Trace(new byte[16], new byte[8], 1);
        writer.Template("took {Ms} ms");
        writer.Logger("Api.Orders");
        writer.EventName("Slow");
        writer.Body("took 7 ms");
        var attributes = writer.BeginAttributes();
        attributes.Add("Ms", 7);
        attributes.Add("ratio", 0.5);
        attributes.Add("ok", true);
        attributes.Add("who", "Zoë");
        attributes.End();
        Assert.True(writer.EndRecord());

        var batch = new ArrayBufferWriter<byte>();
        writer.WriteTo(batch);

        Assert.True(RecordBatchReader.Validate(batch.WrittenSpan, out var count, out var gaps, out _));
        Assert.Equal(1, count);
        Assert.Equal(3UL, gaps);
        Assert.True(RecordBatchReader.TryOpen(batch.WrittenSpan, out var reader, out _));
        Assert.True(reader.Resource(0).TryFind("service.name"u8, out var service));
        Assert.Equal("api", Encoding.UTF8.GetString(service.Value));
        Assert.True(reader.TryRead(out var record));
        Assert.Equal(Severity.Warn, record.Severity);
        Assert.Equal("took 7 ms", Encoding.UTF8.GetString(record.Body));
        Assert.Equal("Slow", Encoding.UTF8.GetString(record.EventName));
        Assert.Equal(4, record.Attributes.Count);
        Assert.True(record.Attributes.TryFind("Ms"u8, out var ms));
        Assert.Equal(7, ms.Int64);
        Assert.True(record.Attributes.TryFind("who"u8, out var who));
        Assert.Equal("Zoë", Encoding.UTF8.GetString(who.Value));
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void Validate_RecordOfAResourceThatIsNotThere_IsRefused()
    {
        var writer = new RecordBatchWriter();
        writer.AddResource(AttributeWriter.Encode([]));
        writer.BeginRecord(0, Severity.Info, 1);
        writer.Body("hello");
        writer.BeginAttributes().End();
        Assert.True(writer.EndRecord());
        var output = new ArrayBufferWriter<byte>();
        writer.WriteTo(output);

        // The same without its resource.
        var batch = output.WrittenSpan.ToArray();
        var position = 1;
        Assert.True(Varint.TryRead(batch, ref position, out var resources));
        Assert.Equal(1UL, resources);
        Assert.True(AttributeList.TryRead(batch, ref position, out _));
        byte[] without = [batch[0], 0, .. batch[position..]];
        Assert.True(RecordBatchReader.Validate(batch, out _, out _, out _));
        Assert.False(RecordBatchReader.Validate(without, out _, out _, out _));
    }

    [Fact]
    public void Validate_AnyPrefixOfABatch_IsRefused()
    {
        var writer = new RecordBatchWriter();
        writer.AddResource(AttributeWriter.Encode([new("service.name", "api")]));
        writer.BeginRecord(0, Severity.Info, 1);
        writer.Body("hello");
        var attributes = writer.BeginAttributes();
        attributes.Add("n", -1L);
        attributes.End();
        Assert.True(writer.EndRecord());
        var batch = new ArrayBufferWriter<byte>();
        writer.WriteTo(batch);

        for (var length = 0; length < batch.WrittenCount; length++)
        {
            Assert.False(RecordBatchReader.Validate(batch.WrittenSpan[..length], out _, out _, out var problem));
            Assert.NotEmpty(problem);
        }
    }
}
