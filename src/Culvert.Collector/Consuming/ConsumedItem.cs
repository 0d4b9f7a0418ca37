using Culvert.Collector.Outputs.Kafka;

namespace Culvert.Collector.Consuming;

/// <summary>A message between its reading and the moment when all of it is safe.</summary>
internal sealed class ConsumedItem
{
    public ConsumedItem(KafkaReceived message, List<ConsumedEntry> entries)
    {
        (Message, Entries, Bytes) = (message, entries, message.Bytes);
        foreach (var entry in entries)
        {
            RecordCount += entry.RecordCount;
            Bytes += entry.Records.Length + entry.Origin.Length;
        }
    }

    public KafkaReceived Message { get; }

    /// <summary>Its records; none when it could not be decoded, or when all came before.</summary>
    public List<ConsumedEntry> Entries { get; }

    public int RecordCount { get; }

    /// <summary>What the queue counts for it: the message, and its records decoded.</summary>
    public int Bytes { get; }

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
