namespace Culvert.Collector.Intake;

/// <summary>Received = Duplicates + the sum of Dropped + Spooled. Mended are among the received, and only known by
/// input.</summary>
internal sealed record CountsSnapshot(
    string Name, long Received, long Duplicates, IReadOnlyDictionary<DropReason, long> Dropped, long Spooled,
    IReadOnlyDictionary<MendReason, long> Mended)
{
    /// <summary>Requests that were answered with this HTTP status and gave no record, since the start; of an input. In
    /// no equation: a request is no record.</summary>
    public IReadOnlyDictionary<int, long> RefusedRequests { get; init; } = new Dictionary<int, long>();

    public long DroppedTotal => Dropped.Values.Sum();

    public bool Balanced => Received == Duplicates + DroppedTotal + Spooled;
}
