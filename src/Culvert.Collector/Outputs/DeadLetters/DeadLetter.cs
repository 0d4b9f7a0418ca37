namespace Culvert.Collector.Outputs.DeadLetters;

/// <summary>A record that the other side of an output will never take, and why.</summary>
internal sealed record DeadLetter
{
    /// <summary>The record's position, as the sink got it.</summary>
    public required ulong Position { get; init; }

    /// <summary>See <see cref="RecordIdentity"/>.</summary>
    public required string Identity { get; init; }

    /// <summary>The kind of refusal in one stable word, by which letters are counted: the other side's own where it has
    /// one, such as <c>mapper_parsing_exception</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>The refusal in the other side's words, for a person.</summary>
    public required string Problem { get; init; }

    /// <summary>Where it was to go, so that it can be sent again as it is: an index, a topic.</summary>
    public required string Target { get; init; }

    /// <summary>The key of a message; empty where there are none.</summary>
    public string Key { get; init; } = "";

    /// <summary>What was refused, byte for byte; copied before the call returns. JSON is kept readable, anything else
    /// in base64.</summary>
    public required ReadOnlyMemory<byte> Document { get; init; }
}
