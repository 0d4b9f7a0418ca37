using Culvert.Collector.Query;

namespace Culvert.Collector.Store;

/// <summary>What to search for.</summary>
internal sealed record SearchRequest
{
    public LogQuery Query { get; init; } = LogQuery.All;

    /// <summary>From this time on, ns since 1970 UTC; the least number is from the beginning.</summary>
    public long FromNs { get; init; } = long.MinValue;

    /// <summary>Up to and without this time; the greatest number is no end.</summary>
    public long ToNs { get; init; } = long.MaxValue;

    /// <summary>Most results; null for all.</summary>
    public int? Limit { get; init; }

    /// <summary>Goes on behind this result of an earlier page.</summary>
    public SearchCursor? Before { get; init; }

    /// <summary>Whether a time lies in the asked range.</summary>
    public bool HasTime(long timeNs) => timeNs >= FromNs && (timeNs < ToNs || ToNs == long.MaxValue);
}
