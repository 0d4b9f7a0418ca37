using Culvert.Records;

namespace Culvert.Collector.Spool;

/// <summary>Every limit of the spool that is not an option, in one place.</summary>
internal static class SpoolLimits
{
    /// <summary>Largest origin of an entry.</summary>
    public const int OriginBytesMax = 64 * 1024;

    /// <summary>Largest batch of an entry. A batch whose duplicates were taken out may be a few bytes longer a record
    /// than what came.</summary>
    public const int RecordsBytesMax = RecordLimits.BatchBytesMax + 16 * RecordLimits.BatchRecordCountMax;

    /// <summary>Most bytes that wait for one fsync. Beyond it the disk cannot keep up, and batches are
    /// refused.</summary>
    public const int GroupBytesMax = 128 * 1024 * 1024;

    /// <summary>A group buffer that grew beyond this is given back after use.</summary>
    public const int GroupBufferBytesKept = 8 * 1024 * 1024;

    /// <summary>Bytes of one slot of the checkpoint file. What does not fit (the oldest producers) is left
    /// out.</summary>
    public const int CheckpointSlotBytes = 1024 * 1024;

    /// <summary>Most outputs with a cursor.</summary>
    public const int OutputsMax = 64;

    /// <summary>Longest name of an output, in bytes of UTF-8.</summary>
    public const int OutputNameBytesMax = 256;

    /// <summary>A reader reads this much at once.</summary>
    public const int ReadBytes = 1024 * 1024;

    /// <summary>Distance of the offsets that are remembered, so that a reader finds a position without a
    /// scan.</summary>
    public const int IndexStrideBytes = 1024 * 1024;

    /// <summary>Free space is asked for once per so many bytes written, and at every tick.</summary>
    public const int FreeSpaceCheckBytes = 256 * 1024;
}
