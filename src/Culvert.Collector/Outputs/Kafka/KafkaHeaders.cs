namespace Culvert.Collector.Outputs.Kafka;

/// <summary>The headers of every message, and what stands in them; docs/scale-out.md describes them to
/// readers.</summary>
internal static class KafkaHeaders
{
    /// <summary>Names what the value is. Ends with a null, as the library wants names.</summary>
    public static ReadOnlySpan<byte> Schema => "culvert.schema\0"u8;

    /// <summary>See <see cref="RecordIdentity"/>.</summary>
    public static ReadOnlySpan<byte> Identity => "culvert.identity\0"u8;

    /// <summary>An ExportLogsServiceRequest of OpenTelemetry with one record.</summary>
    public static ReadOnlySpan<byte> ProtobufSchema => "otlp-logs/1"u8;

    /// <summary>The record's JSON, as docs/query.md has it.</summary>
    public static ReadOnlySpan<byte> JsonSchema => "culvert-json/1"u8;

    /// <summary>As readers look them up.</summary>
    public const string SchemaName = "culvert.schema";

    /// <summary>As readers look them up.</summary>
    public const string IdentityName = "culvert.identity";

    /// <summary>Begins what a dead letter says of itself; the message's own headers stand before them.</summary>
    public const string DeadPrefix = "culvert.dead.";

    /// <summary>A message that was sent again by hand, and how often: by its identity it is none that came
    /// twice.</summary>
    public const string ReplayedName = "culvert.replayed";

    /// <summary>In a message of the dead-letter topic that is no letter: partition and offset of one that was sent
    /// again.</summary>
    public const string DeadReplayedName = "culvert.dead.replayed";
}
