using System.Text;
using Culvert.Collector.Query.Text;

namespace Culvert.Collector.Elasticsearch.Search;

/// <summary>Words and phrases as clauses.</summary>
internal static class WordClauses
{
    /// <summary>The words stand in the body: as the standard analyzer split it, or as Culvert did where the document
    /// has those.</summary>
    public static QueryBounds InBody(Phrase phrase)
    {
        var own = In(ElasticsearchFields.BodyWords, "", phrase);
        foreach (var token in phrase.Tokens)
        {
            // A body with other characters than ASCII has its own words.
            if (!Ascii.IsValid(token)) return own;
        }

        var isStandard = Dsl.Not(Dsl.Exists(ElasticsearchFields.BodyWords));
        return QueryBounds.Or([In(ElasticsearchFields.Body, "", phrase).Within(isStandard), own]);
    }

    /// <summary>The words stand in one value of any attribute.</summary>
    public static QueryBounds InAttributes(Phrase phrase) => In(ElasticsearchFields.AttributeWords, "", phrase);

    /// <summary>The words stand in a value of a field.</summary>
    /// <param name="id">The field's id.</param>
    /// <param name="phrase">The words; at least one.</param>
    public static QueryBounds InField(string id, Phrase phrase) => In(ElasticsearchFields.FieldWords, id, phrase);

    private static QueryBounds In(string field, string id, Phrase phrase)
    {
        var last = phrase.Tokens[^1];
        var terms = new List<string>();
        foreach (var token in phrase.IsPrefix ? phrase.Tokens[..^1] : phrase.Tokens)
            terms.Add(id + FieldTerm.Word(token));
        if (!phrase.IsPrefix) return QueryBounds.Exact(InOrder(field, terms));
        var prefix = id + FieldTerm.HeadOfWord(last);
        var isWhole = FieldTerm.IsWholeWordPrefix(last);
        var upper = Dsl.And(InOrder(field, terms), prefix.Length == 0 ? Dsl.All : Dsl.Prefix(field, prefix));
        if (terms.Count == 0 && isWhole) return QueryBounds.Exact(upper);
        if (!isWhole || prefix.Length == 0) return new QueryBounds(Dsl.None, upper);
        return new QueryBounds(Dsl.PhrasePrefix(field, string.Join(' ', [.. terms, prefix])), upper);
    }

    private static string InOrder(string field, List<string> terms) => terms.Count switch
    {
        0 => Dsl.All,
        1 => Dsl.Term(field, terms[0]),
        _ => Dsl.Phrase(field, string.Join(' ', terms)),
    };
}
