namespace Culvert.Collector.Web;

/// <summary>Every limit of the HTTP side, in one place.</summary>
internal static class HttpLimits
{
    /// <summary>Most connections at one time. A page takes one or two, an exporter one.</summary>
    public const int ConnectionCountMax = 512;

    /// <summary>Largest request line, in bytes: a query of 4,096 characters, each escaped, fits.</summary>
    public const int RequestLineBytesMax = 16 * 1024;

    /// <summary>Largest request head, in bytes.</summary>
    public const int RequestHeadersBytesMax = 32 * 1024;

    /// <summary>Largest request body, in bytes; what OTLP recommends to receivers. Handlers may set less.</summary>
    public const long RequestBodyBytesMax = 64L * 1024 * 1024;

    /// <summary>Live tails at one time; the next one is refused.</summary>
    public const int TailCountMax = 64;

    /// <summary>Longest query, in characters.</summary>
    public const int QueryLengthMax = 4_096;

    /// <summary>Longest key of a record in a path.</summary>
    public const int RecordKeyLengthMax = 128;

    /// <summary>Most records one search answers; a page asks for 200, and pages on.</summary>
    public const int SearchLimitMax = 100_000;

    public const int SearchLimitDefault = 200;

    /// <summary>Most bars of a histogram.</summary>
    public const int HistogramBucketsMax = 1_000;

    public const int HistogramBucketsDefault = 120;

    /// <summary>Most values that one answer on a field holds.</summary>
    public const int TopValuesMax = 1_000;

    public const int TopValuesDefault = 10;

    /// <summary>Most records a context shows on either side.</summary>
    public const int ContextCountMax = 500;

    public const int ContextCountDefault = 20;

    /// <summary>Bytes written between two flushes of a streamed answer: the back-pressure of a slow reader is felt
    /// there.</summary>
    public const int FlushBytes = 32 * 1024;

    /// <summary>Between two signs of life on a silent stream.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    /// <summary>How long the browser stays admitted after the token was given once.</summary>
    public static readonly TimeSpan SessionLifetime = TimeSpan.FromHours(12);

    /// <summary>Between two logged refusals; those between are counted and told with the next.</summary>
    public static readonly TimeSpan RefusalLogInterval = TimeSpan.FromSeconds(5);

    /// <summary>How long a stop waits for answers under way.</summary>
    public static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(3);
}
