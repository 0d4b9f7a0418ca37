using System.Text;
using Culvert.Collector.Query.Fields;
using Culvert.Collector.Query.Pruning;
using Culvert.Collector.Query.Text;
using Culvert.Collector.Records;
using Culvert.Records;

namespace Culvert.Collector.Query.Nodes;

/// <summary>A word or phrase somewhere in the record: in the body, in one attribute's value, or as a trace or span
/// id.</summary>
internal sealed class TextNode(string text, Phrase phrase) : QueryNode, IValueTest
{
    private readonly PhraseDemand _demand = new(phrase);
    private readonly bool _mayBeTraceId =
        phrase.IsPrefix || phrase.Tokens is [{ Length: TraceText.TraceIdLength or TraceText.SpanIdLength }];

    public Phrase Phrase { get; } = phrase;

    public override bool Matches(in StoredRecord record)
    {
        if (Phrase.Matches(record.Body)) return true;
        if (record.Attributes.Count > 0 && MayBeIn(record.Attributes))
        {
            foreach (var attribute in record.Attributes)
            {
                if (MatchesAttribute(attribute)) return true;
            }
        }

        return _mayBeTraceId && record.Trace.Length == RecordLayout.TraceBytes && MatchesTrace(record.Trace);
    }

    /// <summary>Asked of each value inside a JSON attribute, and of every plain one.</summary>
    public bool Test(scoped in FieldValue value)
    {
        switch (value.Type)
        {
            case AttributeType.Text:
                return Phrase.Matches(value.Text);
            case AttributeType.Int64 or AttributeType.Double:
                Span<byte> buffer = stackalloc byte[FieldValue.PrintedBytesMax];
                return Phrase.CanBeNumber && Phrase.Matches(value.Print(buffer));
            default:
                return false;
        }
    }

    public override BlockVerdict Examine(in BlockSummary block) =>
        _demand.MayBeIn(block) ? BlockVerdict.Some : BlockVerdict.None;

    public override void Print(StringBuilder output) => QueryPrinter.PrintText(output, text, Phrase.IsPrefix);

    private bool MatchesAttribute(in AttributeView attribute)
    {
        if (attribute.Type != AttributeType.Json) return Test(FieldValue.Of(attribute));
        var self = this;
        return JsonLeaves.Any(attribute.Value, default, ref self);
    }

    /// <summary>The word's bytes must stand somewhere in the list, unless a number is printed or JSON escapes
    /// it.</summary>
    private bool MayBeIn(AttributeList attributes) =>
        Phrase.CanBeNumber || Phrase.MayBeIn(attributes.Encoded) || attributes.Encoded.Contains((byte)'\\');

    private bool MatchesTrace(ReadOnlySpan<byte> trace)
    {
        Span<byte> hex = stackalloc byte[TraceText.TraceIdLength];
        return Phrase.Matches(TraceText.TraceId(trace, hex)) || Phrase.Matches(TraceText.SpanId(trace, hex));
    }
}
