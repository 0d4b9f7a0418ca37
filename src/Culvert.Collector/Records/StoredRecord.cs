using Culvert.Records;

namespace Culvert.Collector.Records;

/// <summary>One record with its position, wherever it lies: in a block of the store or in an entry of the spool.
/// Queries match on it and the JSON writer prints it.</summary>
internal readonly ref struct StoredRecord
{
    /// <summary>The record's number since the spool was made, dense, from 0: its identity, and the order of the live
    /// tail.</summary>
    public required ulong Position { get; init; }

    /// <summary>What tells the record from those of other collectors; null where positions do.</summary>
    public string? Id { get; init; }

    /// <summary>The record's own time, or <see cref="ObservedNs"/> where it has none; ns since 1970 UTC.</summary>
    public required long TimeNs { get; init; }

    /// <summary>When the collector received it.</summary>
    public required long ObservedNs { get; init; }

    public required Severity Severity { get; init; }

    public required RecordFlags Flags { get; init; }

    public required Source Source { get; init; }

    /// <summary>Trace id (16), span id (8), trace flags (1), or empty.</summary>
    public ReadOnlySpan<byte> Trace { get; init; }

    public ReadOnlySpan<byte> Template { get; init; }

    public ReadOnlySpan<byte> Logger { get; init; }

    public ReadOnlySpan<byte> EventName { get; init; }

    public required ReadOnlySpan<byte> Body { get; init; }

    public required AttributeList Attributes { get; init; }
}
