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
    private readonly byte[] _folded;
    private readonly PhraseDemand _demand;

    public MatchNode(Field field, string text, bool isPrefix)
        : base(field)
    {
        _text = text;
        IsPrefix = isPrefix;
        var bytes = Encoding.UTF8.GetBytes(text);
        _folded = TextFold.Fold(bytes);
        Words = Text.Phrase.Create(bytes, isPrefix);
        Number = !isPrefix && Text.Number.TryParse(bytes, out var number) ? number : null;
        IsWhole = field.IsWhole || Words.IsEmpty;

        // A whole value that begins with the text need not have the text's tokens, so a prefix of one demands nothing.
        _demand = new PhraseDemand(IsWhole && isPrefix ? Text.Phrase.Create(default, false) : Words);
    }

    /// <summary>Whether a value need only begin so.</summary>
    public bool IsPrefix { get; }

    /// <summary>The text that whole values are compared with.</summary>
    public ReadOnlySpan<byte> Folded => _folded;

    /// <summary>The words of the text; empty where it has none.</summary>
    public Phrase Words { get; }

    /// <summary>The text as a number, to which an equal one is found too.</summary>
    public Number? Number { get; }

    /// <summary>Whether whole values are compared, not their words.</summary>
    public bool IsWhole { get; }

    /// <summary>The phrase to highlight; null where whole values are compared.</summary>
    public Phrase? Phrase => IsWhole ? null : Words;

    public override bool Test(scoped in FieldValue value)
    {
        if (Number is { } number && value.TryGetNumber(out var other) && other.CompareTo(number) == 0) return true;
        if (value.Type == AttributeType.Bytes) return false;
        Span<byte> buffer = stackalloc byte[FieldValue.PrintedBytesMax];
        var printed = value.Print(buffer);
        if (!IsWhole) return Words.Matches(printed);
        return IsPrefix ? TextFold.StartsWith(printed, _folded) : TextFold.Equals(printed, _folded);
    }

    public override void Print(StringBuilder output)
    {
        QueryPrinter.PrintName(output, Field);
        output.Append(':');
        QueryPrinter.PrintText(output, _text, IsPrefix);
    }

    protected override bool MayPass(in BlockSummary block) =>
        _demand.MayBeIn(block) || (Number is { } number && block.MayContain(TokenHash.OfNumber(number)));
}
