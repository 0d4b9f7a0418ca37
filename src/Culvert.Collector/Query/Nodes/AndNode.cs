using System.Text;
using Culvert.Collector.Query.Pruning;
using Culvert.Collector.Records;

namespace Culvert.Collector.Query.Nodes;

/// <summary>All of two or more nodes.</summary>
internal sealed class AndNode(QueryNode[] children) : QueryNode
{
    public IReadOnlyList<QueryNode> Children => children;

    public override bool Matches(in StoredRecord record)
    {
        foreach (var child in children)
        {
            if (!child.Matches(record)) return false;
        }

        return true;
    }

    public override BlockVerdict Examine(in BlockSummary block)
    {
        var verdict = BlockVerdict.All;
        foreach (var child in children)
        {
            var one = child.Examine(block);
            if (one == BlockVerdict.None) return BlockVerdict.None;
            if (one == BlockVerdict.Some) verdict = BlockVerdict.Some;
        }

        return verdict;
    }

    public override void Print(StringBuilder output)
    {
        for (var i = 0; i < children.Length; i++)
        {
            if (i > 0) output.Append(' ');
            QueryPrinter.PrintChild(output, children[i], inBrackets: children[i] is OrNode);
        }
    }
}
