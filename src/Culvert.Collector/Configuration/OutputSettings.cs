namespace Culvert.Collector.Configuration;

/// <summary>The settings of the outputs.</summary>
internal static class OutputSettings
{
    public static IReadOnlyList<SettingGroup> Types { get; } =
    [
        new SettingGroup("store", "The embedded store, which the page and the search commands read.", []),
        File(),
        Kafka(),
        Elasticsearch(),
        new SettingGroup("collector", "Another collector, which takes each record once, with its identity.",
        [
            new("endpoint", SettingKind.Text, "",
                "Where it listens: local://name, unix:///path, pipe://name, tls://host:port or tcp://host:port. "
                + "Its input needs relay: true.") { Required = true },
            new("insecure", SettingKind.Boolean, "false",
                "Must be true for tcp:// beyond loopback: what is logged can be read on the way, and nothing proves "
                + "who answers."),
        ]),
        new SettingGroup("stdout", "JSON lines on standard output.", []),
    ];

    private static SettingGroup Kafka() => new("kafka",
        "Apache Kafka, through the system's librdkafka: one message for each record, keyed by its source.",
    [
        new("brokers", SettingKind.TextList, "", "Brokers to ask first, as host:port.") { Required = true },
        new("topic", SettingKind.Text, "logs",
            "The topic; {service} and {level} in it stand for the record's own (level: trace, debug, info, warn, "
            + "error, fatal, none)."),
        new("topicOfLevel", SettingKind.TextMap, "", "Topics by level name, which win over topic."),
        new("topicOfService", SettingKind.TextMap, "", "Topics by service, which win over both."),
        new("format", SettingKind.Choice, "protobuf",
            "What a value is: OpenTelemetry's log record with its resource in Protocol Buffers, or the record's JSON.")
            { Choices = ["protobuf", "json"] },
        new("compression", SettingKind.Choice, "lz4", "How batches are compressed.")
            { Choices = ["none", "gzip", "snappy", "lz4", "zstd"] },
        new("librdkafka", SettingKind.TextMap, "",
            "Settings of the library by its own names, such as security.protocol, sasl.username or linger.ms."),
    ]);

    private static SettingGroup Elasticsearch() => new("elasticsearch",
        "Elasticsearch 8 or 9, or OpenSearch 2 or 3: one document for each record, in an index for each day.",
    [
        new("urls", SettingKind.TextList, "",
            "Addresses of one cluster, such as https://search1:9200; the next is asked when one is away.")
            { Required = true },
        new("index", SettingKind.Text, "culvert",
            "Indices are called so, with the record's UTC day behind: culvert-2026.01.31."),
        new("user", SettingKind.Text, "", "User, for a password."),
        new("password", SettingKind.Text, "", "Password; better in a file, or in the environment."),
        new("passwordFile", SettingKind.Text, "", "File with the password."),
        new("apiKey", SettingKind.Text, "", "API key as the server gave it, instead of a user."),
        new("apiKeyFile", SettingKind.Text, "", "File with the API key."),
        new("token", SettingKind.Text, "", "Bearer token, instead of a user."),
        new("tokenFile", SettingKind.Text, "", "File with the bearer token."),
        new("caFile", SettingKind.Text, "",
            "PEM file of the authorities that the server's certificate may be from; without one, the system's."),
        new("insecure", SettingKind.Boolean, "false",
            "Allows http:// to another machine: what is logged, and the password, can be read on the way."),
        new("compression", SettingKind.Choice, "gzip",
            "How requests are compressed: gzip saves most of the network's bytes and costs time of the processor.")
            { Choices = ["gzip", "none"] },
        new("requests", SettingKind.Integer, "4",
            "Requests under way at once; more load the server, and each has a batch in memory.") { Min = 1, Max = 64 },
        new("batchSize", SettingKind.Size, "8MiB",
            "Largest batch; below it the size follows how fast the server answers.") { Min = 65536, Max = 67108864 },
        new("timeout", SettingKind.Duration, "60s", "How long an answer may take.")
            { Min = TimeSpan.TicksPerSecond, Max = TimeSpan.TicksPerHour },
    ]);

    private static SettingGroup File() => new("file", "JSON lines in a file, which begins anew at its size.",
    [
        new("path", SettingKind.Text, "",
            "The file that is written; the ones before it are path.1, the newest, and so on.") { Required = true },
        new("maxSize", SettingKind.Size, "64MiB", "Size at which the file begins anew.") { Min = 4096 },
        new("files", SettingKind.Integer, "10",
            "How many files there are at most; the oldest is deleted.") { Min = 1, Max = 1000 },
    ]);
}
