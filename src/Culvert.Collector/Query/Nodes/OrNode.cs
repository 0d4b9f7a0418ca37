using System.Text;
using Culvert.Collector.Query.Pruning;
using Culvert.Collector.Records;

namespace Culvert.Collector.Query.Nodes;

/// <summary>One of two or more nodes.</summary>
internal sealed class OrNode(QueryNode[] children) : QueryNode
{
    public IReadOnlyList<QueryNode> Children => children;

    public override bool Matches(in StoredRecord record)
    {
        foreach (var child in children)
        {
            if (child.Matches(record)) return true;
        }

        return false;
    }

    public override BlockVerdict Examine(in BlockSummary block)
    {
        var verdict = BlockVerdict.None;
        foreach (var child in children)
        {
            var one = child.Examine(block);
            if (one == BlockVerdict.All) return BlockVerdict.All;
            if (one == BlockVerdict.Some) verdict = BlockVerdict.Some;
        }

        return verdict;
    }

    public override void Print(StringBuilder output)
    {
        for (var i = 0; i < children.Length; i++)
        {
            if (i > 0) output.Append(" OR ");
            children[i].Print(output);
        }
    }
}
