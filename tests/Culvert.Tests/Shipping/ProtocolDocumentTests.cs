using System.Globalization;
using System.Runtime.CompilerServices;
using Culvert.Framing;
using Culvert.Records;
using Culvert.Shipping;

namespace Culvert.Tests.Shipping;

/// <summary>docs/protocol.md says what the code does.</summary>
public sealed class ProtocolDocumentTests
{
    [Fact]
    public void Example_ItsBytes_AreTheBatchItDescribes()
    {
        var bytes = ExampleBytes(File.ReadAllText(DocumentPath()));

        var buffer = new System.Buffers.ReadOnlySequence<byte>(bytes);
        Assert.True(FrameReader.TryRead(ref buffer, LogProtocol.FrameBytesMax, out var header, out _));
        Assert.True(buffer.IsEmpty);
        Assert.Equal((byte)LogFrameType.Batch, header.Type);
        var batch = bytes.AsSpan(FrameLayout.HeaderBytes + sizeof(ulong));
        Assert.True(RecordBatchReader.Validate(batch, out var count, out _, out var problem), problem);
        Assert.Equal(1, count);
        Assert.True(RecordBatchReader.TryOpen(batch, out var reader, out _));
        Assert.True(reader.TryRead(out var record));
        Assert.Equal("hi"u8, record.Body);
        Assert.Equal(Severity.Info, record.Severity);
        Assert.True(reader.Resource(0).TryFind("service.name"u8, out var service));
        Assert.Equal("a"u8, service.Value);
    }

    [Fact]
    public void Limits_AsWritten_AreThoseOfTheCode()
    {
        var text = File.ReadAllText(DocumentPath());

        Assert.Contains(LogProtocol.FrameBytesMax.ToString("#,0", CultureInfo.InvariantCulture), text);
        Assert.Contains(ShippingLimits.BatchBytesMaxLeast.ToString("#,0", CultureInfo.InvariantCulture), text);
        Assert.Contains(RecordLimits.BatchRecordCountMax.ToString("#,0", CultureInfo.InvariantCulture), text);
        Assert.Contains(RecordLimits.BatchResourceCountMax.ToString("#,0", CultureInfo.InvariantCulture), text);
        Assert.Contains($"{ShippingLimits.WindowBatches}\n   batches", text);
    }

    /// <summary>The hexadecimal columns of the example: what stands before three spaces, in blocks after its
    /// heading.</summary>
    private static byte[] ExampleBytes(string text)
    {
        var bytes = new List<byte>();
        foreach (var line in text[text.IndexOf("## An example", StringComparison.Ordinal)..].Split('\n'))
        {
            var column = line.TrimStart().Split("   ")[0];
            var words = column.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 || !words.All(word => word.Length == 2 && word.All(char.IsAsciiHexDigitUpper)))
                continue;
            bytes.AddRange(words.Select(word => Convert.FromHexString(word)[0]));
        }

        return [.. bytes];
    }

    private static string DocumentPath([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/protocol.md");
}
