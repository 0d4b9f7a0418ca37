using Culvert.Collector.Query;
using Culvert.Collector.Query.Pruning;
using Culvert.Collector.Records;
using PrunedBlock = Culvert.Collector.Query.Pruning.BlockSummary;

namespace Culvert.Collector.Store;

/// <summary>A query with what the store works out of it once. Immutable; any thread.</summary>
internal sealed class StoreQuery(LogQuery query)
{
    /// <summary>What of a record <see cref="Matches"/> looks at; the rest may be empty.</summary>
    public ColumnSet Columns { get; } = QueryColumns.Of(query.Root);

    /// <summary>Whether the query can rule out a block by its tokens, so that reading them is worth it.</summary>
    public bool AsksTokens { get; } = QueryColumns.AsksTokens(query.Root);

    /// <summary>The severities that match, when nothing but the severity decides (bit n for severity n); otherwise
    /// null.</summary>
    public uint? Severities { get; } = QuerySeverities.Of(query);

    public bool Matches(in StoredRecord record) => query.Matches(record);

    /// <summary>What can be said of a block without reading its records.</summary>
    public BlockVerdict Examine(StoredBlock block, TokenProbe? tokens) => query.Examine(new PrunedBlock
    {
        Tokens = tokens,
        Severities = block.Summary.SeverityMask,
        Sources = block.Sources,
    });
}
