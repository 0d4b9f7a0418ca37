namespace Culvert.Collector.Outputs.Kafka;

/// <summary>Reads a topic from its first message, or from where a group left off, to what its end was when it began;
/// joins no group.</summary>
internal static class KafkaTopicReader
{
    private const int AskMs = 10_000;
    private const int PollMs = 200;

    /// <summary>The messages, partition by partition as they come. Throws <see cref="OutputException"/> with the
    /// library's words when no broker answers in ten seconds.</summary>
    /// <param name="settings">Of the library; <c>group.id</c> decides whose offsets count.</param>
    /// <param name="topic">The topic; one that is not there has no messages.</param>
    /// <param name="fromCommitted">Whether to begin where the group left off.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static IEnumerable<KafkaReceived> Read(
        IEnumerable<KeyValuePair<string, string>> settings, string topic, bool fromCommitted,
        CancellationToken cancellationToken)
    {
        var troubles = new KafkaTroubles();
        using var consumer = new KafkaConsumer(
            [.. settings, new("allow.auto.create.topics", "false"), new("enable.partition.eof", "true")], troubles);
        var remaining = Ranges(consumer, topic, fromCommitted, troubles);
        consumer.AssignTo([.. remaining.Select(range => new KafkaOffset(range.Key, range.Value.From))]);
        while (remaining.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var message = consumer.Poll(PollMs, out var end);
            // What ends a partition may be no message: a marker, or what was compacted away.
            if (end is { } ended) remaining.Remove(ended);
            if (message is null) continue;
            if (!remaining.TryGetValue(message.Partition, out var range)) continue;
            // Read before the caller goes on, so that one that stops has every message that it was given.
            if (message.Offset >= range.End - 1) remaining.Remove(message.Partition);
            if (message.Offset < range.End) yield return message;
        }
    }

    private static Dictionary<KafkaPartition, (long From, long End)> Ranges(
        KafkaConsumer consumer, string topic, bool fromCommitted, KafkaTroubles troubles)
    {
        try
        {
            var count = consumer.AskPartitions(topic, AskMs);
            KafkaPartition[] partitions = [.. Enumerable.Range(0, count).Select(i => new KafkaPartition(topic, i))];
            var committed = (fromCommitted && count > 0 ? consumer.Committed(partitions, AskMs) : [])
                .ToDictionary(place => place.Partition, place => place.Offset);
            return partitions
                .Select(partition =>
                {
                    var (first, end) = consumer.AskRange(partition, AskMs);
                    var from = Math.Max(first, committed.GetValueOrDefault(partition, KafkaOffset.None));
                    return (Partition: partition, From: from, End: end);
                })
                .Where(range => range.From < range.End)
                .ToDictionary(range => range.Partition, range => (range.From, range.End));
        }
        catch (OutputException) when (troubles.Last is { } last)
        {
            // What went wrong with a connection says more than the time-out that follows from it.
            throw new OutputException(last);
        }
    }
}
