using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Culvert.Samples.KafkaUser;

/// <summary>
/// Reads users as a member of a consumer group and has each of them handled, at least once: an offset is stored for
/// the commit only after the handler has returned, so that a crash repeats a user and never loses one.
/// </summary>
internal sealed class UserReader(string brokers, ILogger logger) : IDisposable
{
    private readonly IConsumer<string, User> _consumer = new ConsumerBuilder<string, User>(new ConsumerConfig
    {
        BootstrapServers = brokers,
        GroupId = "user-handler",
        AutoOffsetReset = AutoOffsetReset.Earliest,
        EnableAutoOffsetStore = false,
        AllowAutoCreateTopics = true,
    }).SetValueDeserializer(new ProtobufSerde<User>()).Build();

    private readonly IProducer<byte[], byte[]> _dead = new ProducerBuilder<byte[], byte[]>(
        new ProducerConfig { BootstrapServers = brokers, EnableIdempotence = true, Acks = Acks.All }).Build();

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(Action<User> handle, CancellationToken cancellationToken)
    {
        _consumer.Subscribe(Topics.Users);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var read = _consumer.Consume(cancellationToken);
                handle(read.Message.Value);
                _consumer.StoreOffset(read);
            }
            catch (ConsumeException exception) when (exception.Error.Code == ErrorCode.Local_ValueDeserialization)
            {
                // One message that cannot be read must not stop those behind it, and must not be lost either.
                await BuryAsync(exception, cancellationToken);
            }
            catch (ConsumeException exception) when (!exception.Error.IsFatal)
            {
                // Such as a topic that is not there yet. The library goes on trying.
                logger.LogWarning("Kafka says: {Reason}", exception.Error.Reason);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Commits what was handled and leaves the group, so that another member goes on at once.</summary>
    public void Dispose()
    {
        _consumer.Close();
        _consumer.Dispose();
        _dead.Dispose();
    }

    private async Task BuryAsync(ConsumeException exception, CancellationToken cancellationToken)
    {
        var read = exception.ConsumerRecord;
        var reason = exception.InnerException?.Message ?? exception.Message;
        await _dead.ProduceAsync(
            Topics.Dead,
            new Message<byte[], byte[]>
            {
                Key = read.Message.Key,
                Value = read.Message.Value,
                Headers =
                [
                    new Header("origin", Encoding.UTF8.GetBytes(read.TopicPartitionOffset.ToString())),
                    new Header("reason", Encoding.UTF8.GetBytes(reason)),
                ],
            },
            cancellationToken);
        logger.LogError("No user at {Place}, kept in {Topic}: {Reason}", read.TopicPartitionOffset, Topics.Dead, reason);
        _consumer.StoreOffset(new TopicPartitionOffset(read.TopicPartition, read.Offset + 1));
    }
}
