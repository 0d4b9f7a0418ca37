namespace Culvert.Collector.Intake;

/// <summary>The ledger at one instant. docs/ledger.md has the equations.</summary>
/// <param name="Total">Over all inputs, counted on its own.</param>
/// <param name="Inputs">By input.</param>
/// <param name="Sources">By service.</param>
/// <param name="Producers">By producer epoch, the one heard last first.</param>
/// <param name="ForgottenProducers">Epochs that were folded together because there were too many.</param>
/// <param name="Outputs">By output.</param>
/// <param name="Position">How many records were ever made durable, as the spool's positions say.</param>
/// <param name="Balanced">Whether every sum adds up.</param>
internal sealed record LedgerSnapshot(
    CountsSnapshot Total,
    IReadOnlyList<CountsSnapshot> Inputs,
    IReadOnlyList<CountsSnapshot> Sources,
    IReadOnlyList<ProducerSnapshot> Producers,
    ForgottenSnapshot ForgottenProducers,
    IReadOnlyList<OutputSnapshot> Outputs,
    ulong Position,
    bool Balanced)
{
    /// <summary>Records that were shed because the disk was short, by level from trace to fatal; among the dropped.
    /// What has no level counts as info. Not in it is what nobody knows the level of: what was shed after the last
    /// checkpoint before a crash.</summary>
    public IReadOnlyList<long> ShedByLevel { get; init; } = [];
}
