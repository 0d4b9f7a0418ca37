using System.Text;
using Culvert.Collector.Records;

namespace Culvert.Collector.Elasticsearch.Search;

/// <summary>Ranges of time as clauses, exact to the nanosecond.</summary>
internal static class TimeClause
{
    /// <summary>Records from one time on up to and without another; the ends of time are no bounds.</summary>
    public static string Of(long fromNs, long toNs) => Of(ElasticsearchFields.Time, fromNs, toNs);

    public static string Of(string field, long fromNs, long toNs)
    {
        var bounds = new List<(string, string)>();
        // What is before 1970 stands in documents as 1970.
        if (fromNs > 0) bounds.Add(("gte", Json(fromNs)));
        if (toNs != long.MaxValue) bounds.Add(("lt", Json(Math.Max(0, toNs))));
        return bounds.Count == 0 ? Dsl.All : Dsl.Range(field, bounds);
    }

    public static string Within(string clause, long fromNs, long toNs) => Dsl.And(Of(fromNs, toNs), clause);

    private static string Json(long ns)
    {
        Span<byte> text = stackalloc byte[RecordTime.TextLength];
        return Dsl.Json(Encoding.ASCII.GetString(RecordTime.Format(ns, text)));
    }
}
