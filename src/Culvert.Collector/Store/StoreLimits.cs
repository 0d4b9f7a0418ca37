namespace Culvert.Collector.Store;

/// <summary>Every limit of the store, in one place.</summary>
internal static class StoreLimits
{
    /// <summary>Records of a full block. Larger blocks compress a little better and answer a rare token more slowly,
    /// because a whole block is decompressed for one hit; docs/decisions/0002 has the measurements.</summary>
    public const int BlockRecordsMax = 4_096;

    /// <summary>Bytes of records, before compression, at which a block is closed. One large record may exceed
    /// it.</summary>
    public const int BlockBytesTarget = 2 * 1024 * 1024;

    /// <summary>Largest column before compression that a reader accepts: a block at its target and one record
    /// more.</summary>
    public const int ColumnBytesMax = 8 * 1024 * 1024;

    /// <summary>A source with fewer records than this in one commit shares a block with others.</summary>
    public const int OwnBlockRecordsMin = 1_024;

    /// <summary>Most bits of a block's token filter: 2^20 distinct tokens at 16 bits each.</summary>
    public const int FilterBitsMax = 16 * 1024 * 1024;

    /// <summary>Records whose time and arrival are further apart than this lie in blocks of their own, so that a clock
    /// in 1970 or 2099 widens no other block's time range.</summary>
    public const long SkewNs = 3_600L * 1_000_000_000;

    /// <summary>Records gathered before a commit is forced.</summary>
    public const int CommitRecords = 32_768;

    /// <summary>Bytes gathered before a commit is forced.</summary>
    public const int CommitBytes = 16 * 1024 * 1024;

    /// <summary>Memory in which records wait for a commit: what forces one, and one entry more. It is taken at once,
    /// because a buffer that grows by doubling leaves as much garbage as it holds; untouched pages cost
    /// nothing.</summary>
    public const int PendingBytes = CommitBytes + Spool.SpoolLimits.RecordsBytesMax;

    /// <summary>Most results that a search holds in memory at once; a longer one runs in pages.</summary>
    public const int PageRecordsMax = 20_000;

    /// <summary>Most bytes of results that a search holds in memory at once.</summary>
    public const int PageBytesMax = 64 * 1024 * 1024;

    /// <summary>Workers of one search, at most; never more than the machine has processors.</summary>
    public const int SearchWorkersMax = 8;

    /// <summary>Most distinct values that one question for top values counts; what comes later is counted as
    /// other.</summary>
    public const int TopValuesTracked = 100_000;

    /// <summary>Longest value that is told apart by top values, in bytes.</summary>
    public const int TopValueBytesMax = 1_024;

    /// <summary>Most buckets of a histogram.</summary>
    public const int HistogramBucketsMax = 10_000;

    /// <summary>Most sources that are kept decoded; beyond it they are forgotten and read again.</summary>
    public const int SourcesCached = 65_536;
}
