using System.Text;
using Culvert.Collector.Query.Nodes;
using Culvert.Collector.Query.Text;

namespace Culvert.Collector.Elasticsearch.Search;

/// <summary>The condition of a node on the values that stand under one full name, as clauses.</summary>
internal sealed class ValueClauses(string fullName)
{
    private readonly string _id = ElasticsearchTerms.Id(fullName);

    private bool IsBody => fullName == ElasticsearchFields.Body;

    private string Exists => Dsl.Term(ElasticsearchFields.Keys, FieldTerm.Key(fullName));

    public QueryBounds Of(FieldNode node) => node switch
    {
        ExistsNode => QueryBounds.Exact(Exists),
        MatchNode match => Match(match),
        CompareNode { Number: { } number } compare => QueryBounds.Exact(CompareNumber(compare.Operator, number)),
        CompareNode compare => CompareText(compare),
        _ => QueryBounds.Unknown,
    };

    private QueryBounds Match(MatchNode match)
    {
        var text = match.IsWhole ? Whole(match) : Words(match.Words);
        return match.Number is { } number
            ? QueryBounds.Or([text, QueryBounds.Exact(CompareNumber(CompareOperator.Equal, number))])
            : text;
    }

    private QueryBounds Words(Phrase phrase) =>
        IsBody ? WordClauses.InBody(phrase) : WordClauses.InField(_id, phrase);

    /// <summary>Whole values, their case folded. Every value of a thing's name, of resource and origin is there so; of
    /// attributes those without a word, which is what a text without a word equals.</summary>
    private QueryBounds Whole(MatchNode match)
    {
        var isFolded = match.Field.IsWhole || fullName.StartsWith("resource.", StringComparison.Ordinal)
            || fullName.StartsWith("origin.", StringComparison.Ordinal);
        var field = isFolded || (!IsBody && !match.IsPrefix) ? ElasticsearchFields.Folded : ElasticsearchFields.Values;
        if (match.IsPrefix && match.Folded.IsEmpty)
            return QueryBounds.Exact(Dsl.Prefix(ElasticsearchFields.Values, _id));
        if (match.IsPrefix && !FieldTerm.IsWholeValuePrefix(match.Folded)) return new QueryBounds(Dsl.None, Exists);
        var clause = match.IsPrefix
            ? Dsl.Prefix(field, _id + Encoding.UTF8.GetString(match.Folded))
            : Dsl.Term(field, FieldTerm.Value(_id, match.Folded));
        return field == ElasticsearchFields.Folded ? QueryBounds.Exact(clause) : new QueryBounds(clause, Exists);
    }

    private string CompareNumber(CompareOperator comparison, in Number number)
    {
        var term = FieldTerm.Number(_id, number);
        return comparison == CompareOperator.Equal
            ? Dsl.Term(ElasticsearchFields.Ordered, term)
            : Range(ElasticsearchFields.Ordered, comparison, term);
    }

    private QueryBounds CompareText(CompareNode compare)
    {
        var term = FieldTerm.Value(_id, compare.Bytes);
        if (compare.Operator == CompareOperator.Equal)
            return QueryBounds.Exact(Dsl.Term(ElasticsearchFields.Values, term));
        return FieldTerm.IsWholeValuePrefix(compare.Bytes)
            ? QueryBounds.Exact(Range(ElasticsearchFields.Values, compare.Operator, term))
            : new QueryBounds(Dsl.None, Exists);
    }

    /// <summary>Terms of one field lie side by side, in the order of what they stand for.</summary>
    private string Range(string field, CompareOperator comparison, string term) => comparison switch
    {
        CompareOperator.Less => Dsl.Range(field, ("gte", Dsl.Json(_id)), ("lt", Dsl.Json(term))),
        CompareOperator.LessOrEqual => Dsl.Range(field, ("gte", Dsl.Json(_id)), ("lte", Dsl.Json(term))),
        CompareOperator.Greater => Dsl.Range(
            field, ("gt", Dsl.Json(term)), ("lt", Dsl.Json(FieldTerm.Behind(_id)))),
        _ => Dsl.Range(field, ("gte", Dsl.Json(term)), ("lt", Dsl.Json(FieldTerm.Behind(_id)))),
    };
}
