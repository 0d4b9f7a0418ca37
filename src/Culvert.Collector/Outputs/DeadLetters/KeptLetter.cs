using Culvert.Collector.Outputs.Kafka;

namespace Culvert.Collector.Outputs.DeadLetters;

/// <summary>A dead letter as it is read back, of a folder or of a topic.</summary>
internal sealed record KeptLetter
{
    /// <summary>Names it within its folder or topic.</summary>
    public required string Id { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>The output, or the group, that gave it up.</summary>
    public required string From { get; init; }

    public required string Reason { get; init; }

    public required string Problem { get; init; }

    /// <summary>Where it was to go, or where it came from: an index, a place in a topic.</summary>
    public required string Place { get; init; }

    public required string Identity { get; init; }

    /// <summary>What kind of output it was refused by; empty in a topic.</summary>
    public string Type { get; init; } = "";

    /// <summary>The message's key; empty where there is none.</summary>
    public string Key { get; init; } = "";

    /// <summary>What was refused, byte for byte.</summary>
    public required ReadOnlyMemory<byte> Document { get; init; }

    /// <summary>Whether it was sent again already.</summary>
    public required bool IsReplayed { get; init; }

    /// <summary>The whole message, of a topic.</summary>
    public KafkaReceived? Message { get; init; }
}
