using System.Buffers;
using System.Text;
using Culvert.Collector.Intake;
using Culvert.Collector.Outputs;
using Culvert.Collector.Records;
using Culvert.Collector.Spool;
using Culvert.Records;

namespace Culvert.Fuzz.Targets;

/// <summary>Records that have everything a record can have, made by the product's own writers.</summary>
internal static class Samples
{
    public static readonly byte[] Origin = AttributeWriter.Encode([new("input", "native"), new("peer.pid", 7)]);

    private static readonly byte[] Trace = [.. Enumerable.Range(1, 24).Select(i => (byte)i)];

    public delegate void Visit(in StoredRecord record);

    /// <summary>A batch of three records of two resources.</summary>
    public static byte[] Batch { get; } = MakeBatch();

    public static void EachRecord(Visit visit)
    {
        var entry = new SpoolEntry
        {
            Position = 10, RecordCount = 3, Producer = new ProducerId(42, 1), FirstSequence = 1, LastSequence = 5,
            ObservedNs = 1_700_000_000_200_000_000, Origin = Origin, Records = Batch,
        };
        var walk = new EntryRecords().From(entry, 0);
        while (walk.MoveNext()) visit(walk.Current);
    }

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] MakeBatch()
    {
        var writer = new RecordBatchWriter();
        writer.AddResource(AttributeWriter.Encode([new("service.name", "api"), new("host.name", "web1")]));
        writer.AddResource(AttributeWriter.Encode([]));
        writer.BeginRecord(0, Severity.Warn, 1_700_000_000_123_456_789);
        writer.Trace(Trace.AsSpan(0, 16), Trace.AsSpan(16, 8), 1);
        writer.Template("took {Ms} ms");
        writer.Logger("Api.Orders");
        writer.EventName("order.slow");
        writer.Body("took 7 ms");
        var attributes = writer.BeginAttributes();
        attributes.Add("Ms", 7);
        attributes.Add("ratio", -0.5);
        attributes.Add("ok", true);
        attributes.Add("none", (object?)null);
        attributes.AddBytes("raw"u8, [1, 2, 255]);
        attributes.AddJson("list"u8, """["a\"b",2,{"k":false}]"""u8);
        attributes.End();
        writer.EndRecord();
        writer.BeginRecord(1, default, 0, gap: 2);
        writer.Body("""{"a":[1,2,{"b":null}]}"""u8, isJson: true);
        writer.BeginAttributes().End();
        writer.EndRecord();
        writer.BeginRecord(0, Severity.Fatal, long.MaxValue);
        writer.Body("");
        writer.BeginAttributes().End();
        writer.EndRecord(truncated: true);
        var output = new ArrayBufferWriter<byte>();
        writer.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }
}
