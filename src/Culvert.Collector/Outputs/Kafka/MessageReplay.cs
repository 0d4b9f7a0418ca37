using System.Text;
using Culvert.Collector.Outputs.DeadLetters;

namespace Culvert.Collector.Outputs.Kafka;

/// <summary>Sends a message that Kafka refused again to its topic, as it was, marked as sent again: what came since
/// has higher sequences.</summary>
internal static class MessageReplay
{
    /// <summary>Throws <see cref="OutputException"/> when it is not taken.</summary>
    public static async Task SendAsync(
        KafkaSinkOptions options, KeptLetter letter, CancellationToken cancellationToken)
    {
        var value = letter.Document.ToArray();
        // A value in Protocol Buffers begins with the tag of its first field, which is a line feed.
        var schema = value is [(byte)'{', ..] ? KafkaHeaders.JsonSchema : KafkaHeaders.ProtobufSchema;
        KafkaHeader[] headers =
        [
            new(KafkaHeaders.SchemaName, schema.ToArray()),
            new(KafkaHeaders.IdentityName, Encoding.ASCII.GetBytes(letter.Identity)),
            new(KafkaHeaders.ReplayedName, "1"u8.ToArray()),
        ];
        await using var sender = new KafkaSender(options.AllSettings(careful: true), options.Place, options.Brokers);
        await sender.SendNowAsync(letter.Place, Encoding.UTF8.GetBytes(letter.Key), value, headers, cancellationToken)
            .ConfigureAwait(false);
    }
}
