namespace Culvert.Collector.Store;

/// <summary>Where a record waits in <see cref="PendingRecords"/>.</summary>
internal readonly record struct PendingRecord
{
    public required ulong Position { get; init; }

    public required long ObservedNs { get; init; }

    /// <summary>Where its bytes begin.</summary>
    public required int Offset { get; init; }

    /// <summary>Its source and kind of clock.</summary>
    public required int Group { get; init; }
}
