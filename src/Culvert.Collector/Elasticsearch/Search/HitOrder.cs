using Culvert.Collector.Records;

namespace Culvert.Collector.Elasticsearch.Search;

/// <summary>An order of hits: by a time, then by position, then by identity, so that no two are equal. Documents never
/// change, so a place in the order stays one: paging by it misses nothing and gives nothing twice, without a point in
/// time held open at the server.</summary>
/// <param name="Field">The time's field.</param>
/// <param name="IsDescending">Whether the newest comes first.</param>
internal readonly record struct HitOrder(string Field, bool IsDescending)
{
    /// <summary>As a search gives its results.</summary>
    public static readonly HitOrder Newest = new(ElasticsearchFields.Time, true);

    public static readonly HitOrder Oldest = new(ElasticsearchFields.Time, false);

    /// <summary>As the collectors received them.</summary>
    public static readonly HitOrder Arrival = new(ElasticsearchFields.Observed, false);

    public static readonly HitOrder LatestArrival = new(ElasticsearchFields.Observed, true);

    public string Json
    {
        get
        {
            var direction = IsDescending ? "desc" : "asc";
            return $$"""
                [{"{{Field}}":"{{direction}}"},{"position":"{{direction}}"},{"identity":"{{direction}}"}]
                """;
        }
    }

    public HitPlace PlaceOf(in StoredRecord record) => new(
        Field == ElasticsearchFields.Time ? record.TimeNs : record.ObservedNs, record.Position, record.Id ?? "");
}
