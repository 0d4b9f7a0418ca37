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
    private readonly CompareOperator _operator;
    private readonly string _text;
    private readonly byte[] _bytes;
    private readonly Number? _number;
    private readonly PhraseDemand? _demand;

    public CompareNode(Field field, CompareOperator comparison, string text)
        : base(field)
    {
        _operator = comparison;
        _text = text;
        _bytes = Encoding.UTF8.GetBytes(text);
        _number = Number.TryParse(_bytes, out var number) ? number : null;
        if (comparison == CompareOperator.Equal) _demand = new PhraseDemand(Phrase.Create(_bytes, false));
    }

    public override bool Test(scoped in FieldValue value)
    {
        if (value.Type == AttributeType.Bytes) return false;
        Span<byte> buffer = stackalloc byte[FieldValue.PrintedBytesMax];
        if (_number is { } number)
        {
            if (value.TryGetNumber(out var other) && other.CompareTo(number) is { } order) return Holds(order);
            return _operator == CompareOperator.Equal && value.Print(buffer).SequenceEqual(_bytes);
        }

        return Holds(value.Print(buffer).SequenceCompareTo(_bytes));
    }

    public override void Print(StringBuilder output)
    {
        QueryPrinter.PrintName(output, Field);
        output.Append(Symbol(_operator));
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
        || (_number is { } number && block.MayContain(TokenHash.OfNumber(number)));

    private bool Holds(int order) => _operator switch
    {
        CompareOperator.Less => order < 0,
        CompareOperator.LessOrEqual => order <= 0,
        CompareOperator.Greater => order > 0,
        CompareOperator.GreaterOrEqual => order >= 0,
        _ => order == 0,
    };
}
