using System.Text;
using Culvert.Collector.Query.Fields;
using Culvert.Collector.Query.Pruning;

namespace Culvert.Collector.Query.Nodes;

/// <summary>The field has a value: <c>field:*</c>.</summary>
internal sealed class ExistsNode(Field field) : FieldNode(field)
{
    public override bool Test(scoped in FieldValue value) => true;

    public override void Print(StringBuilder output)
    {
        QueryPrinter.PrintName(output, Field);
        output.Append(":*");
    }

    protected override bool MayPass(in BlockSummary block) => true;
}
