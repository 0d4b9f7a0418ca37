using Culvert.Records;

namespace Culvert.Fuzz.Targets;

/// <summary>A batch of records, as programs send it.</summary>
internal sealed class BatchTarget : IFuzzTarget
{
    public string Name => "batch";

    public IEnumerable<byte[]> Seeds => [Samples.Batch];

    public void Run(ReadOnlySpan<byte> input) => Check(input);

    /// <summary>Reads all that a batch holds; when it is valid, everything in it must be readable.</summary>
    public static void Check(ReadOnlySpan<byte> batch)
    {
        var isValid = RecordBatchReader.Validate(batch, out var count, out _, out var problem);
        Must.Hold(isValid == problem is null);
        if (!RecordBatchReader.TryOpen(batch, out var reader, out _))
        {
            Must.Hold(!isValid);
            return;
        }

        var seen = 0;
        while (reader.TryRead(out var record))
        {
            seen++;
            Must.Hold(record.Resource < reader.ResourceCount);
            foreach (var attribute in record.Attributes) _ = attribute.Key.Length + attribute.Value.Length;
            foreach (var attribute in reader.Resource(record.Resource)) _ = attribute.Key.Length;
        }

        if (isValid) Must.Equal(count, seen);
    }

    /// <summary>What one of our own decoders made must be valid.</summary>
    public static void CheckOwn(ReadOnlySpan<byte> batch)
    {
        Must.Hold(RecordBatchReader.Validate(batch, out _, out _, out _));
        Check(batch);
    }
}
