using System.Runtime.InteropServices;
using Culvert.Collector.Outputs.Kafka;

namespace Culvert.Services.Tests.Kafka;

/// <summary>Reads a topic from its beginning to its end, with librdkafka's consumer.</summary>
internal static unsafe partial class KafkaTopicReader
{
    private const string Library = "librdkafka.so.1";
    private const int ConsumerType = 1, PartitionEnd = -191, PollMs = 1000, ErrorBytes = 512;
    private const long Beginning = -2;

    /// <summary>All messages of a topic's partitions; each poll has its timeout, and so has the whole.</summary>
    public static List<ReadMessage> ReadAll(
        string brokers, string topic, TimeSpan timeout, int partitions = KafkaBroker.Partitions)
    {
        var client = Create(brokers);
        try
        {
            var list = rd_kafka_topic_partition_list_new(partitions);
            for (var i = 0; i < partitions; i++)
            {
                rd_kafka_topic_partition_list_add(list, topic, i);
                Assert.Equal(0, rd_kafka_topic_partition_list_set_offset(list, topic, i, Beginning));
            }

            Assert.Equal(0, rd_kafka_assign(client, list));
            rd_kafka_topic_partition_list_destroy(list);
            return Poll(client, partitions, timeout);
        }
        finally
        {
            rd_kafka_consumer_close(client);
            KafkaLibrary.rd_kafka_destroy(client);
        }
    }

    private static nint Create(string brokers)
    {
        var configuration = KafkaLibrary.rd_kafka_conf_new();
        var error = stackalloc byte[ErrorBytes];
        foreach (var (name, value) in ((string, string)[])
            [("bootstrap.servers", brokers), ("group.id", "reader"), ("enable.partition.eof", "true"),
                ("enable.auto.commit", "false")])
        {
            Assert.True(
                KafkaLibrary.rd_kafka_conf_set(configuration, name, value, error, ErrorBytes) == 0,
                KafkaLibrary.Text(error));
        }

        var client = KafkaLibrary.rd_kafka_new(ConsumerType, configuration, error, ErrorBytes);
        Assert.True(client != 0, KafkaLibrary.Text(error));
        rd_kafka_poll_set_consumer(client);
        return client;
    }

    private static List<ReadMessage> Poll(nint client, int partitions, TimeSpan timeout)
    {
        var messages = new List<ReadMessage>();
        var started = TimeProvider.System.GetTimestamp();
        for (var ends = 0; ends < partitions;)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < timeout, "The topic was not read in time.");
            var message = rd_kafka_consumer_poll(client, PollMs);
            if (message is null) continue;
            if (message->Error == PartitionEnd) ends++;
            else if (message->Error == 0) messages.Add(Copy(message));
            rd_kafka_message_destroy(message);
        }

        return messages;
    }

    private static ReadMessage Copy(KafkaMessage* message)
    {
        Assert.Equal(0, rd_kafka_message_headers(message, out var headers));
        return new ReadMessage(
            message->Partition, new ReadOnlySpan<byte>(message->Key, (int)message->KeySize).ToArray(),
            new ReadOnlySpan<byte>(message->Value, (int)message->ValueSize).ToArray(),
            Header(headers, "culvert.schema"), Header(headers, "culvert.identity"));
    }

    private static string Header(nint headers, string name)
    {
        Assert.Equal(0, rd_kafka_header_get_last(headers, name, out var value, out var size));
        return Marshal.PtrToStringUTF8(value, (int)size);
    }

    [LibraryImport(Library)]
    private static partial nint rd_kafka_topic_partition_list_new(int size);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint rd_kafka_topic_partition_list_add(nint list, string topic, int partition);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rd_kafka_topic_partition_list_set_offset(
        nint list, string topic, int partition, long offset);

    [LibraryImport(Library)]
    private static partial void rd_kafka_topic_partition_list_destroy(nint list);

    [LibraryImport(Library)]
    private static partial int rd_kafka_assign(nint client, nint list);

    [LibraryImport(Library)]
    private static partial int rd_kafka_poll_set_consumer(nint client);

    [LibraryImport(Library)]
    private static partial KafkaMessage* rd_kafka_consumer_poll(nint client, int timeoutMs);

    [LibraryImport(Library)]
    private static partial int rd_kafka_message_headers(KafkaMessage* message, out nint headers);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rd_kafka_header_get_last(nint headers, string name, out nint value, out nuint size);

    [LibraryImport(Library)]
    private static partial void rd_kafka_message_destroy(KafkaMessage* message);

    [LibraryImport(Library)]
    private static partial int rd_kafka_consumer_close(nint client);
}

/// <summary>A message as it was read back.</summary>
internal sealed record ReadMessage(int Partition, byte[] Key, byte[] Value, string Schema, string Identity);
