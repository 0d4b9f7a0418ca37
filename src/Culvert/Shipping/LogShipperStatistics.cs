namespace Culvert.Shipping;

/// <summary>What became of a shipper's records so far. Once disposed:
/// <c>Produced = Acknowledged + Dropped + Undelivered</c>.</summary>
public sealed record LogShipperStatistics
{
    /// <summary>Records that were handed to the shipper: the highest sequence number given.</summary>
    public required ulong Produced { get; init; }

    /// <summary>Records that the collector has made durable.</summary>
    public required ulong Acknowledged { get; init; }

    /// <summary>Records that were sent at least once.</summary>
    public required ulong Sent { get; init; }

    /// <summary>Records that the full buffer refused, by level: trace, debug, info, warn, error, fatal.</summary>
    public required IReadOnlyList<ulong> DroppedByLevel { get; init; }

    /// <summary>Records that wait for the collector; after dispose, those that were never acknowledged.</summary>
    public required ulong Undelivered { get; init; }

    /// <summary>Whether a collector answers now.</summary>
    public required bool IsConnected { get; init; }

    /// <summary>Why there is no connection, as a sentence; null while there is one or none was tried.</summary>
    public required string? Problem { get; init; }

    /// <summary>The sum of <see cref="DroppedByLevel"/>.</summary>
    public ulong Dropped => DroppedByLevel.Aggregate(0UL, (sum, count) => sum + count);
}
