using System.Text;
using Culvert.Collector.Inputs.Lines;
using Culvert.Collector.Intake;
using Culvert.Records;

namespace Culvert.Collector.Tests.Inputs.Lines;

/// <summary>Runs a text through a mapping and a batch, and gives the record as plain values.</summary>
internal static class ParsedLine
{
    public static CapturedRecord Of(LineParse parse, ReadOnlySpan<byte> line, out LineMends mends, bool isCut = false)
    {
        var draft = new RecordDraft();
        mends = parse(line, draft, isCut);
        var batch = new RecordBatchWriter();
        var resources = new ResourceTable(batch, [new("service.name", "default"), new("process.pid", 1L)]);
        Assert.True(draft.WriteTo(batch, resources.IndexOf(draft)));
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        batch.WriteTo(bytes);
        Assert.True(RecordBatchReader.Validate(bytes.WrittenSpan, out _, out _, out var problem), problem);
        Assert.True(RecordBatchReader.TryOpen(bytes.WrittenSpan, out var reader, out _));
        Assert.True(reader.TryRead(out var record));
        var origin = AttributeList.Read(AttributeWriter.Encode([]));
        return CapturedRecord.From(record, new ProducerId(1, 1), 1, reader.Resource(record.Resource), origin);
    }

    public static CapturedRecord Of(LineParse parse, string line, out LineMends mends) =>
        Of(parse, Encoding.UTF8.GetBytes(line), out mends);
}
