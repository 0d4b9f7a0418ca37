namespace Culvert.Collector.Elasticsearch.Search;

/// <summary>A place in a <see cref="HitOrder"/>.</summary>
internal readonly record struct HitPlace(long Ns, ulong Position, string Id) : IComparable<HitPlace>
{
    /// <summary>As <c>search_after</c> takes it. Times before 1970 stand in documents as 1970.</summary>
    public string Json => $"[{Dsl.Json(Math.Max(0, Ns))},{Dsl.Json((long)Position)},{Dsl.Json(Id)}]";

    public int CompareTo(HitPlace other)
    {
        var order = Ns.CompareTo(other.Ns);
        if (order == 0) order = Position.CompareTo(other.Position);
        return order != 0 ? order : string.CompareOrdinal(Id, other.Id);
    }
}
