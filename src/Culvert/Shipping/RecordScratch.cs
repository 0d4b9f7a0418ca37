using Culvert.Records;

namespace Culvert.Shipping;

/// <summary>
/// One thread's memory for encoding a record before it is committed. What is encoded runs code of the program
/// (formatters, ToString), so it must not happen under a lock that other threads wait for.
/// </summary>
internal sealed class RecordScratch
{
    /// <summary>What the writer puts before the severity: three bytes of length, one each of gap and
    /// resource.</summary>
    private const int HeadBytes = 5;

    private static readonly byte[] NoResource = AttributeWriter.Encode([]);

    [ThreadStatic]
    private static RecordScratch? _free;

    private readonly RecordBatchWriter _writer = new();

    private RecordScratch() => _writer.AddResource(NoResource);

    /// <summary>The record's content, as <see cref="IRecordSink.Commit"/> takes it; empty when the record was too
    /// large.</summary>
    public ReadOnlySpan<byte> Content => _writer.IsEmpty ? default : _writer.Records[HeadBytes..];

    /// <summary>Takes this thread's scratch. A formatter that logs finds it taken, and gets a new one.</summary>
    public static RecordScratch Rent()
    {
        var scratch = _free ?? new RecordScratch();
        _free = null;
        return scratch;
    }

    public void Return()
    {
        if (_writer.Bytes <= ShippingLimits.ScratchBytesKept) _free = this;
    }

    /// <summary>Forgets the record; the caller writes a whole one, of the resource 0.</summary>
    public RecordBatchWriter Begin()
    {
        _writer.ClearRecords();
        return _writer;
    }

    /// <summary>Begins the record anew; the caller writes its parts and ends it on the writer.</summary>
    public RecordBatchWriter Begin(Severity severity, long timeNs)
    {
        var writer = Begin();
        writer.BeginRecord(0, severity, timeNs);
        return writer;
    }
}
