namespace Culvert.Collector.Intake;

/// <summary>Received = Duplicates + the sum of Dropped + Spooled. Mended are among the received, and only known by
/// input.</summary>
internal sealed record CountsSnapshot(
    string Name, long Received, long Duplicates, IReadOnlyDictionary<DropReason, long> Dropped, long Spooled,
    IReadOnlyDictionary<MendReason, long> Mended)
{
    public long DroppedTotal => Dropped.Values.Sum();

    public bool Balanced => Received == Duplicates + DroppedTotal + Spooled;
}
