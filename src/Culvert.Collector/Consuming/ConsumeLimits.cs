namespace Culvert.Collector.Consuming;

/// <summary>The limits of a member of a consumer group, in one place.</summary>
internal static class ConsumeLimits
{
    /// <summary>Bytes of messages that were read and are not safe yet. Beyond it nothing more is read: Kafka keeps the
    /// rest. The library holds <see cref="FetchedKilobytesMax"/> more.</summary>
    public const long BytesMax = 32L << 20;

    /// <summary>Messages that were read and are not safe yet.</summary>
    public const int MessagesMax = 100_000;

    /// <summary>Reading goes on when so little is left of either, so that pausing is worth its cost.</summary>
    public const int ResumeDivisor = 4;

    /// <summary>Messages that a sink's reader takes at once, so that it and the member seldom wait for each
    /// other.</summary>
    public const int ReadAtOnce = 256;

    /// <summary>Records for which a store makes a commit at once; fewer wait for company, for
    /// <see cref="StoreFlushAfter"/>.</summary>
    public const int GatherRecords = 8_192;

    /// <summary>How long a record waits for company in a store, at most.</summary>
    public static readonly TimeSpan StoreFlushAfter = TimeSpan.FromSeconds(1);

    /// <summary>What the library reads ahead, in KiB.</summary>
    public const int FetchedKilobytesMax = 16 * 1024;

    /// <summary>Dead letters under way to their topic; beyond it nothing more is read.</summary>
    public const int LettersUnderWayMax = 1_000;

    /// <summary>Most records of one message: their numbers share one offset.</summary>
    public const int RecordsOfMessageMax = (1 << RecordNumberBits) - 1;

    /// <summary>How many bits of a sequence number a record within its message.</summary>
    public const int RecordNumberBits = 16;

    /// <summary>Producers whose highest sequence is kept to tell what was sent twice: this many, and as many before
    /// them. A producer is one start of a program in one partition.</summary>
    public const int ProducersMax = 32_768;

    /// <summary>What is safe is committed this often.</summary>
    public static readonly TimeSpan CommitInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long partitions that go to another member wait for what was read of them to be safe; what is not
    /// is read again by that member, and told by its identity.</summary>
    public static readonly TimeSpan RevokeWithin = TimeSpan.FromSeconds(10);

    /// <summary>A stall shorter than this pauses nothing, since what the library has read ahead would have to be read
    /// again.</summary>
    public static readonly TimeSpan PauseAfter = TimeSpan.FromSeconds(2);

    /// <summary>While something is wrong with a connection, the broker is asked this often whether it is
    /// back.</summary>
    public static readonly TimeSpan AskInterval = TimeSpan.FromSeconds(2);
}
