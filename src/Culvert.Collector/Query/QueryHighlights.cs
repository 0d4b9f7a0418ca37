using Culvert.Collector.Query.Fields;
using Culvert.Collector.Query.Nodes;
using Culvert.Collector.Query.Text;

namespace Culvert.Collector.Query;

/// <summary>Where in a body the words stand that a query looked for. Words it excludes are not marked.</summary>
internal static class QueryHighlights
{
    /// <summary>Ranges in bytes of the body, in order, without overlap.</summary>
    public static IReadOnlyList<(int Start, int Length)> Find(LogQuery query, ReadOnlySpan<byte> body)
    {
        var found = new List<(int Start, int Length)>();
        Collect(query.Root, body, found);
        found.Sort();
        var merged = new List<(int Start, int Length)>();
        foreach (var range in found)
        {
            var last = merged.Count == 0 ? default : merged[^1];
            if (range.Start >= last.Start + last.Length) merged.Add(range);
            else merged[^1] = (last.Start, Math.Max(last.Length, range.Start + range.Length - last.Start));
        }

        return merged;
    }

    private static void Collect(QueryNode node, ReadOnlySpan<byte> body, List<(int Start, int Length)> found)
    {
        switch (node)
        {
            case AndNode and:
                foreach (var child in and.Children) Collect(child, body, found);
                break;
            case OrNode or:
                foreach (var child in or.Children) Collect(child, body, found);
                break;
            case TextNode text:
                Collect(text.Phrase, body, found);
                break;
            case MatchNode { Field.Kind: FieldKind.Message, Phrase: { } phrase }:
                Collect(phrase, body, found);
                break;
        }
    }

    private static void Collect(Phrase phrase, ReadOnlySpan<byte> body, List<(int Start, int Length)> found)
    {
        var from = 0;
        while (found.Count < QueryLimits.HighlightCountMax && phrase.TryFind(body, from, out var start, out var end))
        {
            found.Add((start, end - start));
            from = end;
        }
    }
}
