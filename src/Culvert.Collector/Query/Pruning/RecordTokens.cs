using Culvert.Collector.Query.Fields;
using Culvert.Collector.Query.Text;
using Culvert.Collector.Records;
using Culvert.Records;

namespace Culvert.Collector.Query.Pruning;

/// <summary>
/// Which hashes of a record go into a block's filter; what a query demands of the filter follows from it. They are:
/// each
/// token of the body, of the logger and event name, and of every attribute's value as it is printed; each number by its
/// value; each attribute's key; trace and span id. Not the template and not the source, which a block keeps apart.
/// </summary>
internal static class RecordTokens
{
    public static void Collect<TSink>(in StoredRecord record, ref TSink sink)
        where TSink : struct, ITokenSink
    {
        AddTokens(record.Body, ref sink);
        AddTokens(record.Logger, ref sink);
        AddTokens(record.EventName, ref sink);
        foreach (var attribute in record.Attributes) AddAttribute(attribute, ref sink);
        if (record.Trace.Length != RecordLayout.TraceBytes) return;
        Span<byte> hex = stackalloc byte[TraceText.TraceIdLength];
        sink.Add(TokenHash.OfToken(TraceText.TraceId(record.Trace, hex)));
        sink.Add(TokenHash.OfToken(TraceText.SpanId(record.Trace, hex)));
    }

    /// <summary>Adds the tokens of a text, as a bare word finds them.</summary>
    public static void AddTokens<TSink>(ReadOnlySpan<byte> text, ref TSink sink)
        where TSink : struct, ITokenSink
    {
        var tokenizer = new Tokenizer(text);
        while (tokenizer.MoveNext())
        {
            var token = tokenizer.Current;
            var isAscii = tokenizer.IsKnownAscii || System.Text.Ascii.IsValid(token);
            sink.Add(TokenHash.OfToken(isAscii ? token : TextFold.Fold(token)));
        }
    }

    private static void AddAttribute<TSink>(in AttributeView attribute, ref TSink sink)
        where TSink : struct, ITokenSink
    {
        sink.Add(TokenHash.OfKey(attribute.Key));
        if (attribute.Type != AttributeType.Json)
        {
            AddValue(FieldValue.Of(attribute), ref sink);
            return;
        }

        var leaves = new LeafCollector<TSink> { Sink = sink };
        JsonLeaves.Any(attribute.Value, default, ref leaves);
        sink = leaves.Sink;
    }

    private static void AddValue<TSink>(scoped in FieldValue value, ref TSink sink)
        where TSink : struct, ITokenSink
    {
        if (value.TryGetNumber(out var number)) sink.Add(TokenHash.OfNumber(number));
        Span<byte> buffer = stackalloc byte[FieldValue.PrintedBytesMax];
        AddTokens(value.Print(buffer), ref sink);
    }

    /// <summary>Adds each value inside a JSON attribute.</summary>
    private struct LeafCollector<TSink> : IValueTest
        where TSink : struct, ITokenSink
    {
        public TSink Sink;

        public bool Test(scoped in FieldValue value)
        {
            AddValue(value, ref Sink);
            return false;
        }
    }
}
