namespace Culvert.Collector.Store;

/// <summary>What goes into one block of a commit: a range of the ordered pending records, after the records of small
/// blocks that it takes in.</summary>
internal sealed class BlockJob
{
    public required int Start { get; init; }

    public required int End { get; init; }

    public required bool IsSkewed { get; init; }

    /// <summary>Small blocks of the same file, oldest first, that this one replaces.</summary>
    public BlockEntry[] Merges { get; set; } = [];

    /// <summary>The result: one block, or more when the records are large.</summary>
    public List<EncodedBlock> Blocks { get; } = [];

    public int Records => End - Start;
}
