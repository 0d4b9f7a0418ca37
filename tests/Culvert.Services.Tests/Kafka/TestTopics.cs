using System.Text;
using Culvert.Collector.Outputs.Kafka;

namespace Culvert.Services.Tests.Kafka;

/// <summary>Reads topics of the broker under test.</summary>
internal static class TestTopics
{
    /// <summary>All messages of a topic's partitions, from the first to the last.</summary>
    public static List<ReadMessage> ReadAll(string brokers, string topic, TimeSpan timeout)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(timeout);
        return [.. KafkaTopicReader
            .Read(
                [new("bootstrap.servers", brokers), new("group.id", "reader")], topic, fromCommitted: false,
                deadline.Token)
            .Select(message => new ReadMessage(message))];
    }
}

/// <summary>A message as it was read back.</summary>
internal sealed class ReadMessage(KafkaReceived received)
{
    public KafkaReceived Received => received;

    public byte[] Key => received.Key ?? [];

    public byte[] Value => received.Value ?? [];

    public string Schema => Header("culvert.schema");

    public string Identity => Header("culvert.identity");

    public string Header(string name) => Encoding.UTF8.GetString(received.Header(name) ?? []);
}
