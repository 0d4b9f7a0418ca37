namespace Culvert.Collector.Query.Pruning;

/// <summary>What can be said of a block's records without reading them.</summary>
internal enum BlockVerdict
{
    /// <summary>No record matches: the block need not be read.</summary>
    None,

    /// <summary>Records may match: each must be asked.</summary>
    Some,

    /// <summary>Every record matches: counts need not read the block.</summary>
    All,
}
