using System.Text;
using Culvert.Collector.Query.Fields;
using Culvert.Collector.Query.Pruning;
using Culvert.Collector.Query.Text;
using Culvert.Records;

namespace Culvert.Collector.Query.Nodes;

/// <summary>
/// <c>field>=value</c> and its kin. A number is compared with numbers (a text that is one counts) and with nothing
/// else; any
/// other value with the field's text, byte by byte. <c>=</c> also holds where the whole text is the same.
/// </summary>
internal sealed class CompareNode : FieldNode
{
    private readonly string _text;
    private readonly byte[] _bytes;
    private readonly PhraseDemand? _demand;

    public CompareNode(Field field, CompareOperator comparison, string text)
        : base(field)
    {
        Operator = comparison;
        _text = text;
        _bytes = Encoding.UTF8.GetBytes(text);
        Number = Text.Number.TryParse(_bytes, out var number) ? number : null;
        if (comparison == CompareOperator.Equal) _demand = new PhraseDemand(Phrase.Create(_bytes, false));
    }

    public CompareOperator Operator { get; }

    /// <summary>The number that numbers are compared with; null where texts are compared.</summary>
    public Number? Number { get; }

    /// <summary>The text that texts are compared with.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    public override bool Test(scoped in FieldValue value)
    {
        if (value.Type == AttributeType.Bytes) return false;
        Span<byte> buffer = stackalloc byte[FieldValue.PrintedBytesMax];
        if (Number is { } number)
        {
            if (value.TryGetNumber(out var other) && other.CompareTo(number) is { } order) return Holds(order);
            return Operator == CompareOperator.Equal && value.Print(buffer).SequenceEqual(_bytes);
        }

        return Holds(value.Print(buffer).SequenceCompareTo(_bytes));
    }

    public override void Print(StringBuilder output)
    {
        QueryPrinter.PrintName(output, Field);
        output.Append(Symbol(Operator));
        QueryPrinter.PrintText(output, _text, false);
    }

    public static string Symbol(CompareOperator comparison) => comparison switch
    {
        CompareOperator.Less => "<",
        CompareOperator.LessOrEqual => "<=",
        CompareOperator.Greater => ">",
        CompareOperator.GreaterOrEqual => ">=",
        _ => "=",
    };

    protected override bool MayPass(in BlockSummary block) =>
        _demand is null || _demand.MayBeIn(block)
        || (Number is { } number && block.MayContain(TokenHash.OfNumber(number)));

    private bool Holds(int order) => Operator switch
    {
        CompareOperator.Less => order < 0,
        CompareOperator.LessOrEqual => order <= 0,
        CompareOperator.Greater => order > 0,
        CompareOperator.GreaterOrEqual => order >= 0,
        _ => order == 0,
    };
}
