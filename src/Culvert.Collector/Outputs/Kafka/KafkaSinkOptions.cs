namespace Culvert.Collector.Outputs.Kafka;

/// <summary>Where and how an output writes to Kafka.</summary>
internal sealed record KafkaSinkOptions
{
    /// <summary>Records under way at once, at most. More cost memory (the library keeps each until it is acknowledged)
    /// and come again after a crash.</summary>
    public const int RecordsUnderWayMax = 128 * 1024;

    /// <summary>Most topics that one output writes; records of more services go to the topic of none.</summary>
    public const int TopicsMax = 1_000;

    /// <summary>Settings of the library that are this output's own: they are what its promises rest on.</summary>
    public static readonly IReadOnlyList<string> OwnSettings =
    [
        "bootstrap.servers", "metadata.broker.list", "enable.idempotence", "acks", "request.required.acks",
        "message.timeout.ms", "delivery.timeout.ms", "compression.codec", "compression.type", "transactional.id",
        "message.send.max.retries", "retries", "enable.gapless.guarantee",
    ];

    public required string Output { get; init; }

    /// <summary>Where its settings stand, for sentences.</summary>
    public string Place => $"outputs.{Output}";

    /// <summary>host:port, with commas between.</summary>
    public required string Brokers { get; init; }

    /// <summary>A topic, in which {service} and {level} stand for the record's own.</summary>
    public required string Topic { get; init; }

    /// <summary>A topic by level name, which wins over <see cref="Topic"/>.</summary>
    public IReadOnlyDictionary<string, string> TopicOfLevel { get; init; } = new Dictionary<string, string>();

    /// <summary>A topic by service, which wins over both.</summary>
    public IReadOnlyDictionary<string, string> TopicOfService { get; init; } = new Dictionary<string, string>();

    public required string Compression { get; init; }

    /// <summary>Whether values are JSON instead of Protocol Buffers.</summary>
    public bool AsJson { get; init; }

    /// <summary>Settings of the library by its own names.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>What a producer is made with.</summary>
    /// <param name="careful">Whether records are sent one by one.</param>
    public IEnumerable<KeyValuePair<string, string>> AllSettings(bool careful) =>
    [
        new("client.id", "culvert"),
        new("queue.buffering.max.kbytes", "65536"),
        new("topic.metadata.propagation.max.ms", "5000"),
        .. Settings,
        new("bootstrap.servers", Brokers),
        new("enable.idempotence", "true"),
        new("acks", "all"),
        // Without an end: what is under way waits for its broker as what is in the spool does.
        new("message.timeout.ms", "0"),
        new("compression.type", Compression),
        // Nothing goes past a batch that is refused, so that a partition has each producer's records in order and what
        // comes twice is told by the highest sequence; one by one a record that is refused alone is passed over.
        careful ? new("batch.num.messages", "1") : new("enable.gapless.guarantee", "true"),
    ];
}
