namespace Culvert.Collector.Configuration;

/// <summary>The settings of <c>culvert consume</c>.</summary>
internal static class ConsumeSettings
{
    public static SettingGroup Section { get; } = new(
        "consume", "What culvert consume reads of Kafka, as a member of a consumer group, and where it writes.",
    [
        new("brokers", SettingKind.TextList, "", "Brokers to ask first, as host:port."),
        new("topics", SettingKind.TextList, "logs",
            "The topics that are read; one that begins with ^ is a regular expression over their names."),
        new("group", SettingKind.Text, "culvert",
            "The consumer group. Its members share the partitions, and Kafka keeps how far it has read."),
        new("output", SettingKind.Text, "",
            "The name of the output, under outputs, that is written to. Without one and without store, the only output "
            + "there is."),
        new("store", SettingKind.Text, "",
            "A data folder to write to in place of an output; one member alone can, and it reads all partitions."),
        new("deadLetters", SettingKind.Text, "culvert.deadletters",
            "The topic for messages that cannot be decoded and for records that the output refuses for good."),
        new("librdkafka", SettingKind.TextMap, "",
            "Settings of the library by its own names, such as security.protocol, sasl.username or "
            + "session.timeout.ms."),
    ]);
}
