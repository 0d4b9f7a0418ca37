using Confluent.Kafka;
using Google.Protobuf;

namespace Culvert.Samples.KafkaUser;

/// <summary>Any message that protoc made, as the value of a Kafka message: its bytes and nothing around them.</summary>
internal sealed class ProtobufSerde<T> : ISerializer<T>, IDeserializer<T>
    where T : IMessage<T>, new()
{
    private static readonly MessageParser<T> Parser = new(() => new T());

    public byte[] Serialize(T data, SerializationContext context) => data.ToByteArray();

    public T Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) =>
        isNull ? throw new InvalidDataException("The message has no value.") : Parser.ParseFrom(data);
}
