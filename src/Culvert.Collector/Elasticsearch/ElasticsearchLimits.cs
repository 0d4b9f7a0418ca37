namespace Culvert.Collector.Elasticsearch;

/// <summary>Every limit of documents and of talking to a search server, in one place.</summary>
internal static class ElasticsearchLimits
{
    /// <summary>Most keys under <c>numbers</c> in one index; what is over it is still found by Culvert's queries. A
    /// field costs every shard memory, and servers refuse documents beyond 1000 fields by default.</summary>
    public const int NumberKeyCountMax = 500;

    /// <summary>Longest key there, in bytes.</summary>
    public const int NumberKeyBytesMax = 200;

    /// <summary>Most keys beyond the 500 that are told apart while they are counted.</summary>
    public const int NumberKeysLeftOutMax = 10_000;

    /// <summary>Longest value in <c>attributes</c>, <c>resource</c> and <c>origin</c>, in bytes; Lucene refuses a
    /// document with a term over 32,766 bytes.</summary>
    public const int FlatValueBytesMax = 8 * 1024;

    /// <summary>Longest key there, in bytes.</summary>
    public const int FlatKeyBytesMax = 512;

    /// <summary>Deepest JSON there; flattened fields refuse more than 20.</summary>
    public const int FlatDepthMax = 16;

    /// <summary>Bytes of a value that stand in a term; a hash of the whole stands behind them when it is
    /// longer.</summary>
    public const int ValueBytesMax = 256;

    /// <summary>Bytes of a word that stand in a term, likewise: with its field's id less than the 255 characters at
    /// which the server's tokenizer cuts.</summary>
    public const int WordBytesMax = 200;

    /// <summary>Most values of one JSON attribute that are searched by their paths; all are searched by their
    /// words.</summary>
    public const int JsonLeafCountMax = 1_000;

    /// <summary>Deepest level of a JSON attribute that is searched by its path.</summary>
    public const int JsonDepthMax = 8;

    /// <summary>Most clauses of a query that the server is asked; servers refuse more than 1,024. A condition on a
    /// field takes about 12.</summary>
    public const int ClauseCountMax = 960;

    /// <summary>Deepest nesting of a query that the server is asked; what lies deeper is asked record by record. Each
    /// level may be two of the server's, which refuse more than 30.</summary>
    public const int NestingMax = 10;

    /// <summary>Most values of a source by which its records are found.</summary>
    public const int SourceValueCountMax = 50;

    /// <summary>Largest answer of a server that is read, in bytes.</summary>
    public const int AnswerBytesMax = 64 * 1024 * 1024;

    /// <summary>Shards of an index when nobody says otherwise: one holds a day of 50 GiB.</summary>
    public const int ShardsDefault = 1;

    /// <summary>Copies of each shard when nobody says otherwise; a single node works without
    /// them.</summary>
    public const int ReplicasDefault = 1;

    /// <summary>How long to wait for a connection.</summary>
    public static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(10);

    /// <summary>Hits of the first answer to a search; how many the next has follows from their size.</summary>
    public const int HitCountFirst = 200;

    /// <summary>Most hits of one answer; servers refuse more than 10,000.</summary>
    public const int HitCountMax = 2_000;

    /// <summary>Size of an answer with hits that is aimed at, in bytes.</summary>
    public const int HitBytesTarget = 8 * 1024 * 1024;

    /// <summary>Records that top values are counted of, the newest.</summary>
    public const int SampleCountMax = 20_000;

    /// <summary>Severity numbers, 0 to 24.</summary>
    public const int SeverityCount = 25;

    /// <summary>How long before the newest record a live tail still finds what becomes visible late.</summary>
    public const long TailOverlapNs = 5 * 60 * 1_000_000_000L;

    /// <summary>Most records that a tail remembers as given; with more in the overlap, that is shorter.</summary>
    public const int TailGivenMax = 50_000;

    /// <summary>Most records that a tail looks at, when it begins, to know what is not new.</summary>
    public const int TailPrimeMax = 5_000;

    /// <summary>Between two looks of a live tail for new documents.</summary>
    public static readonly TimeSpan TailLookInterval = TimeSpan.FromSeconds(1);
}
