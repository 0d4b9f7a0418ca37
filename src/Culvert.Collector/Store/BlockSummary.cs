namespace Culvert.Collector.Store;

/// <summary>What is known of a block without reading it: kept in memory for every block of the store.
/// Immutable.</summary>
internal sealed class BlockSummary
{
    public required int Records { get; init; }

    public required ulong FirstPosition { get; init; }

    public required ulong LastPosition { get; init; }

    public required long MinTimeNs { get; init; }

    public required long MaxTimeNs { get; init; }

    public required long MinObservedNs { get; init; }

    public required long MaxObservedNs { get; init; }

    /// <summary>Whether its records' clocks are far from the collector's.</summary>
    public required bool IsSkewed { get; init; }

    /// <summary>Bytes of all columns before compression.</summary>
    public required int RawBytes { get; init; }

    /// <summary>The severities that occur, ascending, with their counts beside them.</summary>
    public required byte[] Severities { get; init; }

    public required int[] SeverityCounts { get; init; }

    /// <summary>The sources, by their number in the file.</summary>
    public required int[] Sources { get; init; }

    /// <summary>How many records have one of these severities (bit n for severity n).</summary>
    public int CountOf(uint severities)
    {
        var count = 0;
        for (var i = 0; i < Severities.Length; i++)
        {
            if ((severities >> Severities[i] & 1) != 0) count += SeverityCounts[i];
        }

        return count;
    }

    /// <summary>The severities that occur, bit n for severity n.</summary>
    public uint SeverityMask
    {
        get
        {
            var mask = 0u;
            foreach (var severity in Severities) mask |= 1u << severity;
            return mask;
        }
    }
}
