using System.Runtime.InteropServices;

namespace Culvert.Collector.Outputs.Kafka;

/// <summary>A message that was given up. It is the library's, and there during the call alone.</summary>
internal readonly unsafe ref struct KafkaFailure(KafkaMessage* message)
{
    /// <summary>As it was handed over with the message.</summary>
    public ulong Position => (ulong)message->Opaque;

    public int Error => message->Error;

    public string Topic => KafkaLibrary.Text(KafkaLibrary.rd_kafka_topic_name(message->Topic));

    public ReadOnlySpan<byte> Key => new(message->Key, checked((int)message->KeySize));

    public ReadOnlySpan<byte> Value => new(message->Value, checked((int)message->ValueSize));

    /// <summary>The last header of that name; empty when there is none.</summary>
    public ReadOnlySpan<byte> Header(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> found = default;
        if (KafkaLibrary.rd_kafka_message_headers(message, out var headers) != 0) return found;
        for (nuint i = 0; KafkaLibrary.rd_kafka_header_get_all(headers, i, out var text, out var value, out var size)
            == 0; i++)
        {
            if (MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text).SequenceEqual(name))
                found = new ReadOnlySpan<byte>(value, checked((int)size));
        }

        return found;
    }
}
