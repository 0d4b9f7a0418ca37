using System.Text;
using Culvert.Collector.Query.Fields;
using Culvert.Collector.Query.Pruning;
using Culvert.Collector.Query.Text;
using Culvert.Records;

namespace Culvert.Collector.Query.Nodes;

/// <summary>
/// <c>field:value</c>: the value's words stand in the field's text next to each other; or both are the same number.
/// Names
/// of things (service, host, logger, ...) and values without a word are compared as a whole, their case ignored.
/// </summary>
internal sealed class MatchNode : FieldNode
{
    private readonly string _text;
    private readonly bool _isPrefix;
    private readonly byte[] _folded;
    private readonly Phrase _phrase;
    private readonly PhraseDemand _demand;
    private readonly Number? _number;
    private readonly bool _isWhole;

    public MatchNode(Field field, string text, bool isPrefix)
        : base(field)
    {
        _text = text;
        _isPrefix = isPrefix;
        var bytes = Encoding.UTF8.GetBytes(text);
        _folded = TextFold.Fold(bytes);
        _phrase = Phrase.Create(bytes, isPrefix);
        _number = !isPrefix && Number.TryParse(bytes, out var number) ? number : null;
        _isWhole = field.IsWhole || _phrase.IsEmpty;

        // A whole value that begins with the text need not have the text's tokens, so a prefix of one demands nothing.
        _demand = new PhraseDemand(_isWhole && isPrefix ? Phrase.Create(default, false) : _phrase);
    }

    /// <summary>The phrase to highlight; null where whole values are compared.</summary>
    public Phrase? Phrase => _isWhole ? null : _phrase;

    public override bool Test(scoped in FieldValue value)
    {
        if (_number is { } number && value.TryGetNumber(out var other) && other.CompareTo(number) == 0) return true;
        if (value.Type == AttributeType.Bytes) return false;
        Span<byte> buffer = stackalloc byte[FieldValue.PrintedBytesMax];
        var printed = value.Print(buffer);
        if (!_isWhole) return _phrase.Matches(printed);
        return _isPrefix ? TextFold.StartsWith(printed, _folded) : TextFold.Equals(printed, _folded);
    }

    public override void Print(StringBuilder output)
    {
        QueryPrinter.PrintName(output, Field);
        output.Append(':');
        QueryPrinter.PrintText(output, _text, _isPrefix);
    }

    protected override bool MayPass(in BlockSummary block) =>
        _demand.MayBeIn(block) || (_number is { } number && block.MayContain(TokenHash.OfNumber(number)));
}
