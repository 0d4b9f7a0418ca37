using Culvert.Journals;
using Culvert.Records;
using Culvert.Shipping;

namespace Culvert.Tests.Journals;

/// <summary>Shapes byte by byte, and what is made of hostile ones.</summary>
public sealed class JournalShapeTests
{
    private static readonly byte[] Common = AttributeWriter.Encode([new("event.id", 3)]);

    private static readonly byte[] Encoded = JournalShape.TryEncode(
        "{A}, {B}"u8, "L"u8, "E", [[], ", "u8.ToArray(), []], [new AttributeKey("A"), new AttributeKey("B")],
        Common)!;

    [Fact]
    public void TryEncode_Shape_HasTheBytesOfTheDocument() => Assert.Equal(
        [
            41, 8, .. "{A}, {B}"u8, 1, (byte)'L', 1, 1, (byte)'E', 2, 0, 2, .. ", "u8, 0, 1, (byte)'A', 1, (byte)'B',
            .. Common,
        ],
        Encoded);

    [Fact]
    public void Written_Values_HaveTheBytesOfTheDocument()
    {
        var record = new ShapedRecordWriter(new byte[JournalLimits.ShapedBytesMax], Severity.Warn, 0x0102);
        record.Add(-2);
        record.Add("é");
        record.Add((string?)null);
        record.Add(true);
        record.Add(1.0);

        Assert.True(record.IsWhole);
        Assert.Equal(
            [13, 0, 2, 1, 0, 0, 0, 0, 0, 0, 4, 3, 1, 2, 0xC3, 0xA9, 0, 3, 5, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F],
            record.Written.ToArray());
    }

    [Fact]
    public void TryExpand_Values_MakeTheRecord()
    {
        var content = new ShapedRecordWriter(new byte[JournalLimits.ShapedBytesMax], Severity.Warn, 77);
        content.Add(-2);
        content.Add("b");
        var scratch = RecordScratch.Rent();

        Assert.True(Read(Encoded)!.TryExpand(content.Written, scratch));

        var source = (byte[])[.. new byte[3], .. scratch.Content];
        source[0] = (byte)(source.Length - 1);
        var at = 0;
        Assert.True(RecordView.TryRead(source, ref at, 1, out var record));
        Assert.Equal((Severity.Warn, 77L), (record.Severity, record.TimeNs));
        Assert.Equal(RecordFlags.Template | RecordFlags.Logger | RecordFlags.EventName, record.Flags);
        Assert.Equal("-2, b"u8, record.Body);
        Assert.Equal(
            AttributeWriter.Encode([new("A", -2), new("B", "b"), new("event.id", 3)]), record.Attributes.Encoded);
    }

    [Fact]
    public void Add_MoreThanTheRoom_IsNotWhole()
    {
        foreach (var text in (string[])["x", new string('x', 127), new string('x', 128), "é", new string('漢', 50)])
        {
            var record = new ShapedRecordWriter(new byte[JournalLimits.ShapedBytesMax], Severity.Info, 1);
            for (var i = 0; i < JournalLimits.ShapedBytesMax && record.IsWhole; i++) record.Add(text);

            Assert.False(record.IsWhole);
            Assert.InRange(record.Written.Length, JournalLimits.ShapedBytesMax / 2, JournalLimits.ShapedBytesMax);
        }
    }

    [Fact]
    public void TryRead_DamagedShape_IsNoneOrExpandsToARecordOrNothing()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var content = new ShapedRecordWriter(new byte[JournalLimits.ShapedBytesMax], Severity.Info, 1);
        content.Add(5);
        content.Add("b");
        var written = content.Written.ToArray();
        var scratch = RecordScratch.Rent();
        for (var round = 0; round < 20_000; round++)
        {
            var (shape, record) = (Encoded.ToArray(), written.ToArray());
            foreach (var bytes in (byte[][])[shape, record])
            {
                for (var hits = random.Next(3); hits > 0; hits--)
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            // It says yes or no, and throws nothing.
            _ = Read(shape)?.TryExpand(record.AsSpan(0, random.Next(record.Length + 1)), scratch);
        }
    }

    private static JournalShape? Read(byte[] encoded)
    {
        var at = 0;
        return JournalShape.TryRead(encoded, ref at, out var shape) ? shape : null;
    }
}
