using Culvert.Collector.Query;

namespace Culvert.Collector.Store;

/// <summary>What to count by time and level.</summary>
internal sealed record HistogramRequest
{
    public LogQuery Query { get; init; } = LogQuery.All;

    /// <summary>Start of the first bucket, ns since 1970 UTC.</summary>
    public required long FromNs { get; init; }

    /// <summary>Width of a bucket, at least 1.</summary>
    public required long BucketNs { get; init; }

    /// <summary>How many buckets, 1 to <see cref="StoreLimits.HistogramBucketsMax"/>.</summary>
    public required int Buckets { get; init; }

    /// <summary>Nothing before this time is counted in a bucket, even where the first one begins earlier.</summary>
    public long MinNs { get; init; } = long.MinValue;

    /// <summary>Nothing from this time on is counted in a bucket; the greatest number is no end.</summary>
    public long EndNs { get; init; } = long.MaxValue;

    /// <summary>The bucket of a time, -1 before the first and <see cref="Buckets"/> behind the last. Exact for any
    /// time: records of 1970 and 2099 are as good as others.</summary>
    public int BucketOf(long timeNs)
    {
        if (timeNs < FromNs || timeNs < MinNs) return -1;
        if (timeNs >= EndNs && EndNs != long.MaxValue) return Buckets;
        // The difference of any two times fits 64 bits without a sign.
        var bucket = unchecked((ulong)(timeNs - FromNs)) / (ulong)BucketNs;
        return bucket >= (ulong)Buckets ? Buckets : (int)bucket;
    }

    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(BucketNs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Buckets, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Buckets, StoreLimits.HistogramBucketsMax);
    }
}
