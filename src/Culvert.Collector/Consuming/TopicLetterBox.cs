using System.Globalization;
using System.Text;
using Culvert.Collector.Outputs;
using Culvert.Collector.Outputs.DeadLetters;
using Culvert.Collector.Outputs.Kafka;

namespace Culvert.Collector.Consuming;

/// <summary>The letters of a dead-letter topic. One that is sent again goes to the topic that it came from, with its
/// own key, value and headers; that it was is noted by a message in the dead-letter topic.</summary>
internal sealed class TopicLetterBox(ConsumerOptions options) : ILetterBox
{
    private readonly KafkaSender _sender = new(options.LetterSettings, "consume", options.Brokers);

    public IEnumerable<KeptLetter> Read(CancellationToken cancellationToken)
    {
        // Twice, so that not all letters are in memory at once: a note lies behind its letter.
        var replayed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var message in ReadTopic(cancellationToken))
        {
            if (message.Header(KafkaHeaders.DeadReplayedName) is { } id) replayed.Add(Encoding.UTF8.GetString(id));
        }

        foreach (var message in ReadTopic(cancellationToken))
        {
            if (message.Header(KafkaHeaders.DeadReplayedName) is null) yield return Letter(message, replayed);
        }
    }

    public async Task ReplayAsync(KeptLetter letter, CancellationToken cancellationToken)
    {
        var message = letter.Message ?? throw new ArgumentException("It is no letter of a topic.", nameof(letter));
        var topic = Text(message, "topic");
        if (topic.Length == 0)
        {
            throw new OutputException(
                $"The message at {letter.Id} does not say which topic it came from, so it is none of culvert's; send "
                + "it again with the program that put it there.");
        }

        var times = message.Header(KafkaHeaders.ReplayedName) is { } before
            && int.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;
        List<KafkaHeader> headers =
        [
            .. message.Headers.Where(header => header.Name != KafkaHeaders.ReplayedName
                && !header.Name.StartsWith(KafkaHeaders.DeadPrefix, StringComparison.Ordinal)),
            new KafkaHeader(KafkaHeaders.ReplayedName, Encoding.UTF8.GetBytes(
                (times + 1).ToString(CultureInfo.InvariantCulture))),
        ];
        await _sender.SendNowAsync(topic, message.Key, message.Value, headers, cancellationToken)
            .ConfigureAwait(false);
        await _sender.SendNowAsync(
            options.DeadLetterTopic, null, null,
            [new KafkaHeader(KafkaHeaders.DeadReplayedName, Encoding.UTF8.GetBytes(letter.Id))], cancellationToken)
            .ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _sender.DisposeAsync();

    private static KeptLetter Letter(KafkaReceived message, HashSet<string> replayed)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{message.Partition.Number}-{message.Offset}");
        return new KeptLetter
        {
            Id = id,
            Time = DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(0, message.TimestampMs)),
            From = Text(message, "group"),
            Reason = Text(message, "reason"),
            Problem = Text(message, "problem"),
            Place = $"{Text(message, "topic")}/{Text(message, "partition")} at {Text(message, "offset")}",
            Identity = Text(message, "identity") is { Length: > 0 } refused
                ? refused
                : Encoding.UTF8.GetString(message.Header(KafkaHeaders.IdentityName) ?? []),
            Document = message.Value ?? [],
            IsReplayed = replayed.Contains(id),
            Key = Encoding.UTF8.GetString(message.Key ?? []),
            Message = message,
        };
    }

    private static string Text(KafkaReceived message, string name) =>
        Encoding.UTF8.GetString(message.Header(KafkaHeaders.DeadPrefix + name) ?? []);

    private IEnumerable<KafkaReceived> ReadTopic(CancellationToken cancellationToken) => KafkaTopicReader.Read(
        [.. options.CommonSettings, new("group.id", options.Group)], options.DeadLetterTopic, fromCommitted: false,
        cancellationToken);
}
