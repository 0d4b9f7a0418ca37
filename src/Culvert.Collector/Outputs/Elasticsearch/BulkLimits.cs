namespace Culvert.Collector.Outputs.Elasticsearch;

/// <summary>The limits of writing to a search server, in one place.</summary>
internal static class BulkLimits
{
    /// <summary>Records between the oldest that is not stored and the newest; a power of two.</summary>
    public const int RecordsUnderWayMax = 128 * 1024;

    /// <summary>A batch begins with this size and grows while answers come fast.</summary>
    public const int BatchBytesFirst = 1024 * 1024;

    /// <summary>A batch never shrinks below it, but for a single record.</summary>
    public const int BatchBytesMin = 64 * 1024;

    /// <summary>Largest batch without a setting. Servers take 100 MiB; beyond a few MiB nothing gets faster.</summary>
    public const int BatchBytesMax = 8 * 1024 * 1024;

    /// <summary>Most indices that one batch writes: each may have to be made first, so what comes from as many days as
    /// it has records must not ask for all of them at once. The next day begins the next batch.</summary>
    public const int BatchIndicesMax = 16;

    /// <summary>Days whose index is known at once; the rest is asked for again.</summary>
    public const int DaysKnownMax = 64;

    /// <summary>An answer within it lets the batches grow.</summary>
    public static readonly TimeSpan FastAnswer = TimeSpan.FromSeconds(1);

    /// <summary>An answer beyond it lets them shrink.</summary>
    public static readonly TimeSpan SlowAnswer = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait that a server's Retry-After is granted.</summary>
    public static readonly TimeSpan RetryAfterMax = TimeSpan.FromMinutes(1);
}
