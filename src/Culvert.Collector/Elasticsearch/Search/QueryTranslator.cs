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
    private readonly int _clausesMax;
    private int _clauses;
    private int _depth;

    private QueryTranslator(int clausesMax) => _clausesMax = clausesMax;

    public static QueryBounds Translate(LogQuery query)
    {
        var bounds = new QueryTranslator(ElasticsearchLimits.ClauseCountMax).Of(query.Root);
        // What lies between two clauses is asked with both of them.
        return bounds.IsExact ? bounds : new QueryTranslator(ElasticsearchLimits.ClauseCountMax / 2).Of(query.Root);
    }

    private QueryBounds Of(QueryNode node)
    {
        if (_depth >= ElasticsearchLimits.NestingMax) return QueryBounds.Unknown;
        _depth++;
        var bounds = node switch
        {
            AllNode => QueryBounds.Exact(Dsl.All),
            AndNode and => QueryBounds.And([.. and.Children.Select(Of)]),
            OrNode or => QueryBounds.Or([.. or.Children.Select(Of)]),
            NotNode not => Of(not.Child).Negated(),
            _ => OfCondition(node),
        };
        _depth--;
        return bounds;
    }

    /// <summary>What is over the limit of clauses is asked record by record.</summary>
    private QueryBounds OfCondition(QueryNode node)
    {
        var bounds = node switch
        {
            LevelNode level => QueryBounds.Exact(OfLevel(level.Mask)),
            TextNode text => OfText(text.Phrase),
            FieldNode field => FieldClauses.Of(field),
            _ => QueryBounds.Unknown,
        };
        var count = Math.Max(Dsl.CountClauses(bounds.Lower), Dsl.CountClauses(bounds.Upper));
        if (_clauses + count > _clausesMax) return QueryBounds.Unknown;
        _clauses += count;
        return bounds;
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
