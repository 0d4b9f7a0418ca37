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
}
