using Culvert.Collector.Configuration;

namespace Culvert.Collector.Consuming;

/// <summary>What a member of a consumer group reads, and as whom.</summary>
internal sealed record ConsumerOptions
{
    /// <summary>Settings of the library that are this program's own: they are what its promises rest on.</summary>
    public static readonly IReadOnlyList<string> OwnSettings =
    [
        "bootstrap.servers", "metadata.broker.list", "group.id", "enable.auto.commit", "enable.auto.offset.store",
        "partition.assignment.strategy", "enable.partition.eof", "isolation.level",
    ];

    /// <summary>Reads the section <c>consume</c>.</summary>
    public static ConsumerOptions Of(ConfiguredObject consume) => new()
    {
        Brokers = string.Join(',', consume.Texts("brokers")),
        Topics = consume.Texts("topics"),
        Group = consume.Text("group"),
        DeadLetterTopic = consume.Text("deadLetters"),
        Settings = consume.Map("librdkafka"),
    };

    /// <summary>host:port, with commas between.</summary>
    public required string Brokers { get; init; }

    /// <summary>Topics; one that begins with ^ is a pattern.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    public required string Group { get; init; }

    public required string DeadLetterTopic { get; init; }

    /// <summary>Settings of the library by its own names.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>What both the reader and the producer of dead letters are made with.</summary>
    public IEnumerable<KeyValuePair<string, string>> CommonSettings =>
        [new("client.id", "culvert"), .. Settings, new("bootstrap.servers", Brokers)];

    public IEnumerable<KeyValuePair<string, string>> ReaderSettings =>
    [
        // A member that was killed is replaced after this long; the library's own 45 s is long for logs.
        new("session.timeout.ms", "15000"),
        new("heartbeat.interval.ms", "2000"),
        new("auto.offset.reset", "earliest"),
        new("fetch.wait.max.ms", "100"),
        new("queued.max.messages.kbytes", $"{ConsumeLimits.FetchedKilobytesMax}"),
        new("topic.metadata.refresh.interval.ms", "10000"),
        .. CommonSettings,
        new("group.id", Group),
        new("allow.auto.create.topics", "false"),
    ];

    public IEnumerable<KeyValuePair<string, string>> LetterSettings =>
    [
        // A letter is as large as the message was, and its headers come on top.
        new("message.max.bytes", "67108864"),
        new("topic.metadata.propagation.max.ms", "5000"),
        .. CommonSettings,
        new("enable.idempotence", "true"),
        new("acks", "all"),
    ];
}
