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
    bool Balanced);

/// <summary>Received = Duplicates + the sum of Dropped + Spooled. Mended are among the received, and only known by
/// input.</summary>
internal sealed record CountsSnapshot(
    string Name, long Received, long Duplicates, IReadOnlyDictionary<DropReason, long> Dropped, long Spooled,
    IReadOnlyDictionary<MendReason, long> Mended)
{
    public long DroppedTotal => Dropped.Values.Sum();

    public bool Balanced => Received == Duplicates + DroppedTotal + Spooled;
}

/// <summary>What is known of one producer epoch.</summary>
/// <param name="Producer">32 hexadecimal digits.</param>
/// <param name="Epoch">Which start of it.</param>
/// <param name="Input">The input it came by.</param>
/// <param name="Service">The program's name.</param>
/// <param name="Produced">The highest sequence that was heard of.</param>
/// <param name="Received">Records that arrived, each once.</param>
/// <param name="Lost">Sequences below the highest that arrived which never came.</param>
/// <param name="LostRanges">The first of these as ranges, both ends included.</param>
/// <param name="DroppedByLevel">What the program says that it dropped itself, from trace to fatal; these are among
/// Lost.</param>
internal sealed record ProducerSnapshot(
    string Producer, ulong Epoch, string Input, string Service, ulong Produced, ulong Received, ulong Lost,
    IReadOnlyList<SequenceRange> LostRanges, IReadOnlyList<ulong> DroppedByLevel)
{
    /// <summary>Numbered by the producer, not arrived yet, and not known to be lost.</summary>
    public ulong Outstanding => Produced - Received - Lost;
}

/// <summary>Sequences, both ends included.</summary>
internal readonly record struct SequenceRange(ulong From, ulong To);

/// <summary>The sums over the epochs that are kept no longer.</summary>
internal sealed record ForgottenSnapshot(ulong Epochs, ulong Produced, ulong Received, ulong Lost);

/// <summary>Spooled = Before + Stored + Waiting + Expired + Damaged.</summary>
/// <param name="Name">The output.</param>
/// <param name="Before">Spooled before the output began.</param>
/// <param name="Stored">What the output has.</param>
/// <param name="Waiting">What it will get.</param>
/// <param name="Expired">What was deleted, by size or age, before the output confirmed it.</param>
/// <param name="Damaged">What could not be read any more.</param>
/// <param name="Balanced">Whether the equation holds.</param>
internal sealed record OutputSnapshot(
    string Name, ulong Before, ulong Stored, ulong Waiting, ulong Expired, ulong Damaged, bool Balanced);
