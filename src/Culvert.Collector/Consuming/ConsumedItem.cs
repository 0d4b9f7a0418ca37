using Culvert.Collector.Outputs.Kafka;

namespace Culvert.Collector.Consuming;

/// <summary>A message between its reading and the moment when all of it is safe.</summary>
internal sealed class ConsumedItem(KafkaReceived message, IReadOnlyList<ConsumedEntry> entries)
{
    public KafkaReceived Message => message;

    /// <summary>Its records; none when it could not be decoded, or when all came before.</summary>
    public IReadOnlyList<ConsumedEntry> Entries => entries;

    public int RecordCount { get; } = entries.Sum(entry => entry.RecordCount);

    /// <summary>What the queue counts for it: the message, and its records decoded.</summary>
    public int Bytes { get; } = message.Bytes + entries.Sum(entry => entry.Records.Length + entry.Origin.Length);

    /// <summary>Which assignment of its partition it was read under; an older one's offsets are no longer
    /// ours.</summary>
    public int Assignment { get; init; }

    /// <summary>Position of its first record. Set by the queue.</summary>
    public ulong Position { get; set; }

    public ulong NextPosition => Position + (ulong)RecordCount;

    /// <summary>Whether its dead letter, if it is one, is safe.</summary>
    public bool IsSettled { get; set; } = true;

    /// <summary>The highest sequence of the producer that is known with this message; null where nothing is told by
    /// it.</summary>
    public ProducerMark? Mark { get; init; }
}
