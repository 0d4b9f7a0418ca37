using Culvert.Records;

namespace Culvert.Collector.Store;

/// <summary>Counts by bucket and level, and what lies outside.</summary>
internal sealed class HistogramCounts(HistogramRequest request)
{
    private readonly long[] _counts = new long[request.Buckets * LevelGroup.Count];

    /// <summary>Matches before the first bucket.</summary>
    public long Before { get; private set; }

    /// <summary>Matches behind the last bucket.</summary>
    public long After { get; private set; }

    /// <summary>Matches in all buckets.</summary>
    public long Total => _counts.Sum();

    public int Buckets => request.Buckets;

    /// <summary>The level is that of <see cref="LevelGroup"/>.</summary>
    public long this[int bucket, int level] => _counts[bucket * LevelGroup.Count + level];

    /// <summary>The counts of one bucket by level.</summary>
    public ReadOnlySpan<long> Bucket(int bucket) => _counts.AsSpan(bucket * LevelGroup.Count, LevelGroup.Count);

    public void Add(long timeNs, Severity severity, long records = 1) =>
        Add(request.BucketOf(timeNs), severity, records);

    public void Add(int bucket, Severity severity, long records)
    {
        if (bucket < 0) Before += records;
        else if (bucket >= request.Buckets) After += records;
        else _counts[bucket * LevelGroup.Count + LevelGroup.Of(severity)] += records;
    }

    public void Add(HistogramCounts other)
    {
        Before += other.Before;
        After += other.After;
        for (var i = 0; i < _counts.Length; i++) _counts[i] += other._counts[i];
    }
}
