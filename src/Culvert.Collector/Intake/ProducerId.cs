namespace Culvert.Collector.Intake;

/// <summary>One start of a producer: the scope in which sequence numbers are unique.</summary>
/// <param name="Producer">16 random bytes that the producer chose.</param>
/// <param name="Epoch">Which start of it.</param>
internal readonly record struct ProducerId(UInt128 Producer, ulong Epoch)
{
    /// <summary>Set in the epoch of a producer whose sequences are no count of records: offsets in a file, or one
    /// partition's share of a program's.</summary>
    public const ulong OffsetEpoch = 1UL << 63;

    /// <summary>Whether a sequence is the offset behind its record in a file. What lies between two of them is the
    /// record itself, so a gap says nothing of records that were lost, and is not counted as such.</summary>
    public bool SequenceIsOffset => (Epoch & OffsetEpoch) != 0;
}
