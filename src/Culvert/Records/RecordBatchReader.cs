using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;

namespace Culvert.Records;

/// <summary>Reads a batch; see <see cref="RecordLayout"/>. Every bound is checked, so any bytes may be given.</summary>
internal ref struct RecordBatchReader
{
    private readonly ReadOnlySpan<byte> _batch;
    private readonly int _resourcesAt;
    private int _position;
    private int _left;

    private RecordBatchReader(
        ReadOnlySpan<byte> batch, int resourceCount, int resourcesAt, int recordCount, int recordsAt)
    {
        _batch = batch;
        _resourcesAt = resourcesAt;
        _position = recordsAt;
        _left = recordCount;
        ResourceCount = resourceCount;
        RecordCount = recordCount;
    }

    public int ResourceCount { get; }

    public int RecordCount { get; }

    /// <summary>Where in the batch the next record begins.</summary>
    public readonly int Position => _position;

    public static bool TryOpen(
        ReadOnlySpan<byte> batch, out RecordBatchReader reader, [NotNullWhen(false)] out string? problem)
    {
        reader = default;
        var position = 1;
        if (batch.IsEmpty || batch[0] != RecordLayout.Version)
        {
            problem = "The batch has a version that is not known here.";
            return false;
        }

        problem = "The batch's resources cannot be read.";
        if (!RecordBytes.TryReadCount(batch, ref position, RecordLimits.BatchResourceCountMax, out var resources))
            return false;
        var resourcesAt = position;
        for (var i = 0; i < resources; i++)
        {
            if (!AttributeList.TryRead(batch, ref position, out _)) return false;
        }

        if (!RecordBytes.TryReadCount(batch, ref position, RecordLimits.BatchRecordCountMax, out var records))
            return false;
        reader = new RecordBatchReader(batch, resources, resourcesAt, records, position);
        problem = null;
        return true;
    }

    /// <summary>Walks the whole batch: every record and attribute can be read, all text is UTF-8, nothing is left
    /// over.</summary>
    /// <param name="batch">The bytes of a peer.</param>
    /// <param name="recordCount">How many records.</param>
    /// <param name="gaps">The sum of all gaps, so that the last sequence is first + recordCount - 1 + gaps.</param>
    /// <param name="problem">What is wrong, as a sentence.</param>
    public static bool Validate(
        ReadOnlySpan<byte> batch, out int recordCount, out ulong gaps, [NotNullWhen(false)] out string? problem)
    {
        recordCount = 0;
        gaps = 0;
        if (!TryOpen(batch, out var reader, out problem)) return false;
        for (var i = 0; i < reader.ResourceCount; i++)
        {
            if (reader.Resource(i).IsValid()) continue;
            problem = $"Resource {i} of the batch cannot be read.";
            return false;
        }

        while (reader.TryRead(out var record))
        {
            recordCount++;
            if (record.Gap > long.MaxValue - gaps || !IsText(record))
            {
                problem = $"Record {recordCount} of the batch is not valid.";
                return false;
            }

            gaps += record.Gap;
        }

        if (recordCount == reader.RecordCount && reader._position == batch.Length) return true;
        problem = $"Record {recordCount + 1} of the batch cannot be read.";
        return false;
    }

    public readonly AttributeList Resource(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, ResourceCount);
        var position = _resourcesAt;
        AttributeList list = default;
        for (var i = 0; i <= index; i++)
        {
            if (!AttributeList.TryRead(_batch, ref position, out list))
                throw new InvalidDataException("The batch is damaged.");
        }

        return list;
    }

    /// <summary>The next record; false behind the last one or where the bytes cannot be read.</summary>
    public bool TryRead(out RecordView record)
    {
        if (_left > 0 && RecordView.TryRead(_batch, ref _position, ResourceCount, out record))
        {
            _left--;
            return true;
        }

        record = default;
        return false;
    }

    private static bool IsText(in RecordView record) =>
        Utf8.IsValid(record.Template) && Utf8.IsValid(record.Logger) && Utf8.IsValid(record.EventName)
        && Utf8.IsValid(record.Body) && record.Attributes.IsValid();
}
