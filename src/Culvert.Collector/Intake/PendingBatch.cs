namespace Culvert.Collector.Intake;

/// <summary>What is counted of a batch once its group is durable, or taken back when it is not.</summary>
/// <param name="Producer">Whose it is.</param>
/// <param name="Input">The name of its input.</param>
/// <param name="Tallies">By source.</param>
/// <param name="Gaps">Sequences that were skipped.</param>
/// <param name="FirstSequence">Of the batch as it was given.</param>
/// <param name="LastSequence">All up to here is dealt with.</param>
/// <param name="Kept">Records that were appended.</param>
/// <param name="Shed">Records that were dropped because the disk is full.</param>
internal readonly record struct PendingBatch(
    ProducerState Producer, string Input, SourceTally[] Tallies, GapList Gaps,
    ulong FirstSequence, ulong LastSequence, int Kept, int Shed)
{
    /// <summary>The shed ones by level, as <see cref="Culvert.Shipping.LogProtocol.LevelOf"/> counts levels; null when
    /// there are none, or when nobody knows their levels any more.</summary>
    public long[]? ShedByLevel { get; init; }

    /// <summary>Sequences that were skipped before and came now; null when there are none.</summary>
    public GapList? Filled { get; init; }
}

/// <summary>How many records of one source a batch holds, by outcome.</summary>
internal struct SourceTally(string service)
{
    public readonly string Service => service;

    public int Kept;
    public int Duplicates;
    public int Shed;
}
