using System.Globalization;
using Culvert.Collector.Query;
using Culvert.Collector.Query.Fields;
using Culvert.Collector.Query.Nodes;
using Culvert.Collector.Query.Text;

namespace Culvert.Collector.Elasticsearch.Search;

/// <summary>Translates a query of Culvert's language into the query DSL: into two clauses between which it lies, and
/// mostly they are one.</summary>
internal sealed class QueryTranslator
{
    private int _conditions;

    public static QueryBounds Translate(LogQuery query) => new QueryTranslator().Of(query.Root);

    private QueryBounds Of(QueryNode node)
    {
        switch (node)
        {
            case AllNode:
                return QueryBounds.Exact(Dsl.All);
            case AndNode and:
                return QueryBounds.And([.. and.Children.Select(Of)]);
            case OrNode or:
                return QueryBounds.Or([.. or.Children.Select(Of)]);
            case NotNode not:
                return Of(not.Child).Negated();
        }

        // Servers refuse a query of more than 1,024 clauses; what is over it is asked record by record.
        if (++_conditions > ElasticsearchLimits.ConditionCountMax) return new QueryBounds(Dsl.None, Dsl.All);
        return node switch
        {
            LevelNode level => QueryBounds.Exact(OfLevel(level.Mask)),
            TextNode text => OfText(text.Phrase),
            FieldNode field => FieldClauses.Of(field),
            _ => new QueryBounds(Dsl.None, Dsl.All),
        };
    }

    private static string OfLevel(uint mask)
    {
        var numbers = Enumerable.Range(0, 25).Where(i => (mask >> i & 1) != 0)
            .Select(i => i.ToString(CultureInfo.InvariantCulture)).ToArray();
        return numbers.Length == 0 ? Dsl.None : Dsl.Terms(ElasticsearchFields.Severity, numbers);
    }

    private static QueryBounds OfText(Phrase phrase)
    {
        var places = new List<QueryBounds> { WordClauses.InBody(phrase), WordClauses.InAttributes(phrase) };
        if (phrase.Tokens is [var token] && MayBeId(token, phrase.IsPrefix))
        {
            foreach (var name in (string[])[ElasticsearchFields.Trace, ElasticsearchFields.Span])
                places.Add(QueryBounds.Exact(OfId(ElasticsearchTerms.Id(name), token, phrase.IsPrefix)));
        }

        return QueryBounds.Or(places);
    }

    private static string OfId(string id, ReadOnlySpan<byte> token, bool isPrefix)
    {
        var term = FieldTerm.Value(id, token);
        return isPrefix
            ? Dsl.Prefix(ElasticsearchFields.Folded, term)
            : Dsl.Term(ElasticsearchFields.Folded, term);
    }

    private static bool MayBeId(ReadOnlySpan<byte> token, bool isPrefix)
    {
        if (token.IndexOfAnyExcept("0123456789abcdef"u8) >= 0) return false;
        return isPrefix
            ? token.Length <= TraceText.TraceIdLength
            : token.Length is TraceText.TraceIdLength or TraceText.SpanIdLength;
    }
}
