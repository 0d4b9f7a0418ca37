namespace Culvert.Collector.Outputs.DeadLetters;

/// <summary>
/// Takes the records that the other side of an output refuses for good, keeps them with the reason until a person
/// looks, and counts them in the output's <see cref="OutputStatus"/>. Beside Kafka that is a folder; for a member of a
/// consumer group it is the dead-letter topic, and the message's own bytes are kept.
/// </summary>
/// <remarks>Any thread; calls may overlap. It outlives the sinks of its output.</remarks>
internal interface IDeadLetters
{
    /// <summary>Completes when the letters are safe. Only then may a sink count their records as confirmed: one that
    /// is in neither place would be lost.</summary>
    /// <exception cref="OutputException">They cannot be kept; the sink passes it on, and its output begins anew at
    /// the cursor.</exception>
    ValueTask AddAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken);
}
