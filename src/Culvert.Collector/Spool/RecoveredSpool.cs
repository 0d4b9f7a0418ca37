namespace Culvert.Collector.Spool;

/// <summary>What <see cref="SpoolRecovery"/> found.</summary>
internal sealed class RecoveredSpool
{
    public required CheckpointFile Checkpoint { get; init; }

    public required uint Salt { get; init; }

    /// <summary>In the order of their numbers.</summary>
    public required List<SpoolSegment> Segments { get; init; }

    public required List<SpoolOutput> Outputs { get; init; }

    /// <summary>The last segment, when it can be written on.</summary>
    public required ISpoolFile? Tail { get; init; }

    public required ulong FirstPosition { get; init; }

    public required ulong NextPosition { get; init; }

    public required ulong NextNumber { get; init; }

    /// <summary>Records that were counted again.</summary>
    public required ulong Replayed { get; init; }
}
