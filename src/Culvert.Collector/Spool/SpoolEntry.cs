using Culvert.Collector.Intake;

namespace Culvert.Collector.Spool;

/// <summary>
/// One batch as it lies in the spool: records of one (producer, epoch), with dense positions. From here on the position
/// is a record's identity: the record at index i has <see cref="Position"/> + i.
/// </summary>
/// <remarks>The memory belongs to the reader that gave the entry and is valid until its next read.</remarks>
internal readonly struct SpoolEntry
{
    /// <summary>Position of the first record.</summary>
    public required ulong Position { get; init; }

    public required int RecordCount { get; init; }

    public required ProducerId Producer { get; init; }

    /// <summary>Sequence of the first record, its gap counted.</summary>
    public required ulong FirstSequence { get; init; }

    public required ulong LastSequence { get; init; }

    /// <summary>When the collector received it, ns since 1970 UTC.</summary>
    public required long ObservedNs { get; init; }

    /// <summary>What the collector knows of the sender: an encoded attribute list.</summary>
    public required ReadOnlyMemory<byte> Origin { get; init; }

    /// <summary>The batch, as in RecordLayout.</summary>
    public required ReadOnlyMemory<byte> Records { get; init; }

    /// <summary>The position after the last record.</summary>
    public ulong NextPosition => Position + (ulong)RecordCount;
}
