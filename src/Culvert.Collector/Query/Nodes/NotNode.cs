using System.Text;
using Culvert.Collector.Query.Pruning;
using Culvert.Collector.Records;

namespace Culvert.Collector.Query.Nodes;

/// <summary>The records that a node does not match, those that lack its field among them.</summary>
internal sealed class NotNode(QueryNode child) : QueryNode
{
    public QueryNode Child { get; } = child;

    public override bool Matches(in StoredRecord record) => !Child.Matches(record);

    public override BlockVerdict Examine(in BlockSummary block) => Child.Examine(block) switch
    {
        BlockVerdict.None => BlockVerdict.All,
        BlockVerdict.All => BlockVerdict.None,
        _ => BlockVerdict.Some,
    };

    public override void Print(StringBuilder output)
    {
        output.Append('-');
        QueryPrinter.PrintChild(output, Child, inBrackets: Child is AndNode or OrNode);
    }
}
