using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Culvert.Collector.Elasticsearch.Search;

/// <summary>Clauses of the query DSL as JSON text. Clauses that decide nothing are left out on the way; nothing is
/// scored. Source: the query DSL's reference, the part that Elasticsearch and OpenSearch have in common.</summary>
internal static class Dsl
{
    public const string All = """{"match_all":{}}""";
    public const string None = """{"match_none":{}}""";

    public static string Term(string field, string value) => Of("term", Of(field, Json(value)));

    public static string Term(string field, long value) => Of("term", Of(field, Json(value)));

    /// <param name="field">The field.</param>
    /// <param name="values">In JSON.</param>
    public static string Terms(string field, IEnumerable<string> values) =>
        Of("terms", Of(field, $"[{string.Join(',', values)}]"));

    public static string Prefix(string field, string value) => Of("prefix", Of(field, Json(value)));

    public static string Exists(string field) => Of("exists", Of("field", Json(field)));

    /// <summary>Terms next to each other, with spaces between.</summary>
    public static string Phrase(string field, string terms) =>
        Of("match_phrase", Of(field, $$"""{"query":{{Json(terms)}},"analyzer":"whitespace"}"""));

    /// <summary>The same, the last term being a prefix. Only the first terms with that prefix are looked for, so it may
    /// find less than it says.</summary>
    public static string PhrasePrefix(string field, string terms) => Of("match_phrase_prefix", Of(
        field, $$"""{"query":{{Json(terms)}},"analyzer":"whitespace","max_expansions":{{Json(ExpansionsMax)}}}"""));

    /// <param name="field">The field.</param>
    /// <param name="bounds">Bounds as they stand in the DSL (<c>gte</c>, <c>lt</c>, ...) with their values in
    /// JSON.</param>
    public static string Range(string field, params IEnumerable<(string Bound, string Value)> bounds) =>
        Of("range", Of(field, "{" + string.Join(',', bounds.Select(b => $"\"{b.Bound}\":{b.Value}")) + "}"));

    public static string And(params IReadOnlyCollection<string> clauses)
    {
        var parts = clauses.Where(clause => clause != All).Distinct(StringComparer.Ordinal).ToArray();
        if (parts.Length == 0) return All;
        if (Array.IndexOf(parts, None) >= 0) return None;
        return parts.Length == 1 ? parts[0] : Of("bool", Of("filter", $"[{string.Join(',', parts)}]"));
    }

    public static string Or(params IReadOnlyCollection<string> clauses)
    {
        var parts = clauses.Where(clause => clause != None).Distinct(StringComparer.Ordinal).ToArray();
        if (parts.Length == 0) return None;
        if (Array.IndexOf(parts, All) >= 0) return All;
        return parts.Length == 1
            ? parts[0]
            : Of("bool", $$"""{"should":[{{string.Join(',', parts)}}],"minimum_should_match":1}""");
    }

    public static string Not(string clause) => clause switch
    {
        All => None,
        None => All,
        _ => Of("bool", Of("must_not", $"[{clause}]")),
    };

    /// <summary>How many clauses a server counts in it, at most: those that look something up, and each of several
    /// values. A quote inside of a text is escaped, so that no text looks like one.</summary>
    public static int CountClauses(string clause) =>
        Lookups.Sum(name => clause.AsSpan().Count($"{{\"{name}\":")) + clause.AsSpan().Count("\",\"");

    public static string Json(string text) => JsonSerializer.Serialize(text);

    public static string Json(ReadOnlySpan<byte> utf8) => Json(Encoding.UTF8.GetString(utf8));

    public static string Json(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static readonly string[] Lookups =
        ["term", "terms", "prefix", "exists", "match_phrase", "match_phrase_prefix", "range"];

    private const int ExpansionsMax = 1_000;

    private static string Of(string name, string content) => "{\"" + name + "\":" + content + "}";
}
