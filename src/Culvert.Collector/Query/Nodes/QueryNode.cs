using System.Text;
using Culvert.Collector.Query.Pruning;
using Culvert.Collector.Records;

namespace Culvert.Collector.Query.Nodes;

/// <summary>One node of a parsed query. Immutable; any thread.</summary>
internal abstract class QueryNode
{
    public abstract bool Matches(in StoredRecord record);

    /// <summary>What can be said of a block's records without reading them.</summary>
    public abstract BlockVerdict Examine(in BlockSummary block);

    /// <summary>Writes the node in the query language, so that it is parsed into an equal one.</summary>
    public abstract void Print(StringBuilder output);

    public sealed override string ToString()
    {
        var output = new StringBuilder();
        Print(output);
        return output.ToString();
    }
}
