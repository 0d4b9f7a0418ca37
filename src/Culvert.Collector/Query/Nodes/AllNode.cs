using System.Text;
using Culvert.Collector.Query.Pruning;
using Culvert.Collector.Records;

namespace Culvert.Collector.Query.Nodes;

/// <summary>Every record: the empty query, or <c>*</c>.</summary>
internal sealed class AllNode : QueryNode
{
    public static readonly AllNode Instance = new();

    public override bool Matches(in StoredRecord record) => true;

    public override BlockVerdict Examine(in BlockSummary block) => BlockVerdict.All;

    public override void Print(StringBuilder output) => output.Append('*');
}
