namespace Culvert.Collector.Elasticsearch.Search;

/// <summary>
/// A query between two that the server can answer: <paramref name="Lower"/> finds only records that match, and
/// <paramref name="Upper"/> finds all of them, as clauses of the query DSL. Mostly they are the same. Where they are
/// not, what lies between is asked record by record.
/// </summary>
internal readonly record struct QueryBounds(string Lower, string Upper)
{
    /// <summary>The server can tell nothing.</summary>
    public static readonly QueryBounds Unknown = new(Dsl.None, Dsl.All);

    public static QueryBounds Exact(string clause) => new(clause, clause);

    public bool IsExact => Lower == Upper;

    /// <summary>What the server alone cannot decide.</summary>
    public string Between => Dsl.And(Upper, Dsl.Not(Lower));

    public static QueryBounds And(IReadOnlyCollection<QueryBounds> all) =>
        new(Dsl.And([.. all.Select(one => one.Lower)]), Dsl.And([.. all.Select(one => one.Upper)]));

    public static QueryBounds Or(IReadOnlyCollection<QueryBounds> all) =>
        new(Dsl.Or([.. all.Select(one => one.Lower)]), Dsl.Or([.. all.Select(one => one.Upper)]));

    /// <summary>What surely matches becomes what surely does not.</summary>
    public QueryBounds Negated() => new(Dsl.Not(Upper), Dsl.Not(Lower));

    public QueryBounds Within(string clause) => new(Dsl.And(clause, Lower), Dsl.And(clause, Upper));
}
