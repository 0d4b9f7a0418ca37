using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Culvert.Samples.KafkaUser;

/// <summary>Tells of users. What <see cref="SendAsync"/> has returned from is safe in Kafka.</summary>
internal sealed class UserSender(string brokers, ILogger logger) : IDisposable
{
    private readonly IProducer<string, User> _producer = new ProducerBuilder<string, User>(new ProducerConfig
    {
        BootstrapServers = brokers,
        // A retry of the library is one message, and all in-sync replicas have it before it counts as sent.
        EnableIdempotence = true,
        Acks = Acks.All,
    }).SetValueSerializer(new ProtobufSerde<User>()).Build();

    public async Task SendAsync(User user, CancellationToken cancellationToken)
    {
        // The id is the key: what is told of one user stays in order, in one partition.
        var message = new Message<string, User> { Key = user.Id, Value = user };
        var place = await _producer.ProduceAsync(Topics.Users, message, cancellationToken);
        logger.LogInformation("Sent user {UserId} to {Place}", user.Id, place.TopicPartitionOffset);
    }

    public void Dispose() => _producer.Dispose();
}
