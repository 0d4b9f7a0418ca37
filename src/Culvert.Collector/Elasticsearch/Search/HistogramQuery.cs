using Culvert.Collector.Store;
using Culvert.Records;

namespace Culvert.Collector.Elasticsearch.Search;

/// <summary>Lets the server count by bucket of time and level.</summary>
internal static class HistogramQuery
{
    private const long NsPerMs = 1_000_000;

    /// <summary>Counts; false where the buckets do not begin at whole milliseconds, which is how servers divide
    /// time.</summary>
    public static async Task<bool> TryCountAsync(
        ElasticsearchQueries queries, string clause, HistogramRequest request, HistogramCounts counts,
        CancellationToken cancellationToken)
    {
        if (request.BucketNs % NsPerMs != 0 || request.FromNs % NsPerMs != 0) return false;
        if (clause == Dsl.None) return true;
        var width = request.BucketNs / NsPerMs;
        var offset = (request.FromNs / NsPerMs % width + width) % width;
        using var answer = await queries.AggregateAsync(
            clause,
            $$$"""
            {"date_histogram":{"field":"{{{ElasticsearchFields.Time}}}","fixed_interval":"{{{width}}}ms",
            "offset":"{{{offset}}}ms","min_doc_count":1},
            "aggs":{"s":{"terms":{"field":"{{{ElasticsearchFields.Severity}}}",
            "size":{{{ElasticsearchLimits.SeverityCount}}} } } } }
            """,
            cancellationToken);
        var buckets = answer.RootElement.GetProperty("aggregations").GetProperty("a").GetProperty("buckets");
        foreach (var bucket in buckets.EnumerateArray())
        {
            var index = (int)((bucket.GetProperty("key").GetInt64() - request.FromNs / NsPerMs) / width);
            foreach (var severity in bucket.GetProperty("s").GetProperty("buckets").EnumerateArray())
            {
                counts.Add(
                    index, (Severity)severity.GetProperty("key").GetInt32(),
                    severity.GetProperty("doc_count").GetInt64());
            }
        }

        return true;
    }
}
