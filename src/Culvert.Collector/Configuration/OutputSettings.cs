namespace Culvert.Collector.Configuration;

/// <summary>The settings of the outputs.</summary>
internal static class OutputSettings
{
    public static IReadOnlyList<SettingGroup> Types { get; } =
    [
        new SettingGroup("store", "The embedded store, which the page and the search commands read.", []),
        File(),
        Kafka(),
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

    private static SettingGroup File() => new("file", "JSON lines in a file, which begins anew at its size.",
    [
        new("path", SettingKind.Text, "",
            "The file that is written; the ones before it are path.1, the newest, and so on.") { Required = true },
        new("maxSize", SettingKind.Size, "64MiB", "Size at which the file begins anew.") { Min = 4096 },
        new("files", SettingKind.Integer, "10",
            "How many files there are at most; the oldest is deleted.") { Min = 1, Max = 1000 },
    ]);
}
