using System.Buffers.Binary;

namespace Culvert.Records;

/// <summary>Walks the heads of a batch's records, whatever their content: for those who hand it on as it is.</summary>
internal static class RecordHeads
{
    /// <summary>The gap of the first record; 0 when there is none.</summary>
    public static ulong FirstGap(ReadOnlySpan<byte> batch)
    {
        var at = Begin(batch, out var count);
        return count > 0 && Varint.TryRead(batch, ref at, out _) && Varint.TryRead(batch, ref at, out var gap)
            ? gap
            : 0;
    }

    /// <summary>Gives this time, ns since 1970 UTC, to records that have none. The batch was validated.</summary>
    public static void FillTimes(Span<byte> batch, long timeNs)
    {
        var at = Begin(batch, out var count);
        for (var i = 0; i < count; i++)
        {
            if (!Varint.TryRead(batch, ref at, out var bytes) || bytes > (ulong)(batch.Length - at)) throw Damaged();
            var next = at + (int)bytes;
            if (!Varint.TryRead(batch, ref at, out _) || !Varint.TryRead(batch, ref at, out _)
                || at + 2 + sizeof(long) > next) throw Damaged();
            // Behind severity and flags.
            var time = batch.Slice(at + 2, sizeof(long));
            if (BinaryPrimitives.ReadInt64LittleEndian(time) == 0)
                BinaryPrimitives.WriteInt64LittleEndian(time, timeNs);
            at = next;
        }
    }

    private static int Begin(ReadOnlySpan<byte> batch, out int count)
    {
        if (!RecordBatchReader.TryOpen(batch, out var reader, out var problem)) throw new InvalidDataException(problem);
        count = reader.RecordCount;
        return reader.Position;
    }

    private static InvalidDataException Damaged() => new("The batch is damaged.");
}
