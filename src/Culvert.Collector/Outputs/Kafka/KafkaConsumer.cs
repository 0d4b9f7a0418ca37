using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Culvert.Collector.Outputs.Kafka;

/// <summary>
/// A member of a consumer group, through librdkafka: cooperative rebalancing, so that a member that comes or goes moves
/// only the partitions that must move; offsets are committed by the caller alone.
/// </summary>
/// <remarks>One thread, which polls at least every <c>max.poll.interval.ms</c> (5 minutes), also while partitions are
/// paused: otherwise the group takes the member for dead. The member's calls come within <see cref="Poll"/> and
/// <see cref="Dispose"/>.</remarks>
internal sealed unsafe class KafkaConsumer : IDisposable
{
    private const int ConsumerType = 1;
    private const int Assign = -175;
    private const int NoOffset = -168;
    private const int PartitionEnd = -191;

    private const int HeadersUsual = 2;

    private readonly IKafkaMember _member;
    private readonly KafkaNames _names = new();
    private GCHandle _self;
    private nint _client;
    private Exception? _failure;

    /// <summary>Throws <see cref="OutputException"/> when the library is not here or refuses a setting.</summary>
    public KafkaConsumer(IEnumerable<KeyValuePair<string, string>> settings, IKafkaMember member)
    {
        _member = member;
        _self = GCHandle.Alloc(this);
        try
        {
            _client = KafkaClient.Create(
                ConsumerType,
                [
                    .. settings,
                    new("partition.assignment.strategy", "cooperative-sticky"),
                    new("enable.auto.commit", "false"),
                    new("enable.auto.offset.store", "false"),
                ],
                GCHandle.ToIntPtr(_self),
                configuration =>
                {
                    KafkaLibrary.rd_kafka_conf_set_rebalance_cb(configuration, &OnRebalance);
                    KafkaLibrary.rd_kafka_conf_set_error_cb(configuration, &OnError);
                });
        }
        catch
        {
            _self.Free();
            throw;
        }

        KafkaLibrary.rd_kafka_poll_set_consumer(_client);
    }

    /// <summary>Joins the group for these topics; one that begins with ^ is a pattern.</summary>
    public void Subscribe(IReadOnlyList<string> topics) => WithList(
        [.. topics.Select(topic => new KafkaOffset(new KafkaPartition(topic, -1), KafkaOffset.None))],
        list => Check(KafkaLibrary.rd_kafka_subscribe(_client, list)));

    /// <summary>Reads these partitions from these offsets, without a group.</summary>
    public void AssignTo(IReadOnlyList<KafkaOffset> partitions) =>
        WithList(partitions, list => Check(KafkaLibrary.rd_kafka_assign(_client, list)));

    /// <summary>The next message; null when none came in time, or something else did, which the member was
    /// told.</summary>
    /// <param name="timeoutMs">How long to wait.</param>
    /// <param name="end">With <c>enable.partition.eof</c>: the partition whose end was reached.</param>
    public KafkaReceived? Poll(int timeoutMs, out KafkaPartition? end)
    {
        end = null;
        var message = KafkaLibrary.rd_kafka_consumer_poll(_client, timeoutMs);
        if (_failure is { } failure)
        {
            _failure = null;
            if (message is not null) KafkaLibrary.rd_kafka_message_destroy(message);
            throw new OutputException(failure.Message, failure);
        }

        if (message is null) return null;
        try
        {
            if (message->Error == 0) return Copy(message);
            if (message->Error == PartitionEnd) end = PartitionOf(message);
            else _member.Troubled(message->Error, ErrorText(message), TopicOf(message));
            return null;
        }
        finally
        {
            KafkaLibrary.rd_kafka_message_destroy(message);
        }
    }

    /// <summary>Gives no more of these partitions until they are resumed; what the library has read ahead it reads
    /// again.</summary>
    public void Pause(IReadOnlyCollection<KafkaPartition> partitions) => WithList(
        Places(partitions), list => KafkaLibrary.rd_kafka_pause_partitions(_client, list));

    public void Resume(IReadOnlyCollection<KafkaPartition> partitions) => WithList(
        Places(partitions), list => KafkaLibrary.rd_kafka_resume_partitions(_client, list));

    /// <summary>Goes on reading at other offsets of partitions that are assigned.</summary>
    public void Seek(IReadOnlyCollection<KafkaOffset> offsets, int timeoutMs) => WithList(
        offsets, list => Check(KafkaLibrary.rd_kafka_seek_partitions(_client, list, timeoutMs)));

    /// <summary>Makes these the offsets at which the group goes on; an offset is that of the next message. Returns
    /// null, or why it failed.</summary>
    /// <param name="offsets">Of partitions that are assigned.</param>
    /// <param name="waits">Whether to wait for the broker's answer; without it a failure is not told, and the next
    /// commit makes up for it.</param>
    public string? Commit(IReadOnlyCollection<KafkaOffset> offsets, bool waits)
    {
        if (offsets.Count == 0) return null;
        string? problem = null;
        WithList(offsets, list =>
        {
            var error = KafkaLibrary.rd_kafka_commit(_client, list, waits ? 0 : 1);
            if (error is not (0 or NoOffset)) problem = KafkaLibrary.Text(KafkaLibrary.rd_kafka_err2str(error));
        });
        return problem;
    }

    /// <summary>What the group committed; <see cref="KafkaOffset.None"/> where it did not.</summary>
    public KafkaOffset[] Committed(IReadOnlyCollection<KafkaPartition> partitions, int timeoutMs)
    {
        KafkaOffset[] committed = [];
        WithList(Places(partitions), list =>
        {
            Check(KafkaLibrary.rd_kafka_committed(_client, list, timeoutMs));
            committed = list->Read();
        });
        return committed;
    }

    /// <summary>How many partitions a topic has, asked of the broker; 0 when there is no such topic.</summary>
    public int AskPartitions(string topic, int timeoutMs)
    {
        var handle = KafkaLibrary.rd_kafka_topic_new(_client, topic, 0);
        Check(KafkaLibrary.rd_kafka_metadata(_client, 0, handle, out var metadata, timeoutMs));
        KafkaLibrary.rd_kafka_topic_destroy(handle);
        var count = metadata->TopicCount == 1 && metadata->Topics->Error == 0 ? metadata->Topics->PartitionCount : 0;
        KafkaLibrary.rd_kafka_metadata_destroy(metadata);
        return count;
    }

    /// <summary>The offsets of the first message and behind the last one, as of the last fetch; null before
    /// one.</summary>
    public (long First, long End)? Range(KafkaPartition partition) =>
        KafkaLibrary.rd_kafka_get_watermark_offsets(
            _client, partition.Topic, partition.Number, out var low, out var high) == 0 && high >= 0
            ? (Math.Max(0, low), high)
            : null;

    /// <summary>The offsets of the first message and behind the last one, asked of the broker.</summary>
    public (long First, long End) AskRange(KafkaPartition partition, int timeoutMs)
    {
        Check(KafkaLibrary.rd_kafka_query_watermark_offsets(
            _client, partition.Topic, partition.Number, out var low, out var high, timeoutMs));
        return (low, high);
    }

    /// <summary>Leaves the group, so that others have the partitions at once.</summary>
    public void Dispose()
    {
        if (_client == 0) return;
        KafkaLibrary.rd_kafka_consumer_close(_client);
        KafkaLibrary.rd_kafka_destroy(_client);
        _client = 0;
        _self.Free();
    }

    private KafkaReceived Copy(KafkaMessage* message) => new()
    {
        Partition = PartitionOf(message),
        Offset = message->Offset,
        TimestampMs = KafkaLibrary.rd_kafka_message_timestamp(message, out _),
        Key = Bytes(message->Key, message->KeySize),
        Value = Bytes(message->Value, message->ValueSize),
        Headers = HeadersOf(message),
    };

    private static byte[]? Bytes(byte* bytes, nuint size) =>
        bytes is null ? null : new ReadOnlySpan<byte>(bytes, checked((int)size)).ToArray();

    private List<KafkaHeader> HeadersOf(KafkaMessage* message)
    {
        if (KafkaLibrary.rd_kafka_message_headers(message, out var headers) != 0) return [];
        var found = new List<KafkaHeader>(HeadersUsual);
        for (nuint i = 0; KafkaLibrary.rd_kafka_header_get_all(headers, i, out var name, out var value, out var size)
            == 0; i++)
        {
            found.Add(new KafkaHeader(_names.Of(name), Bytes(value, size) ?? []));
        }

        return found;
    }

    private string TopicOf(KafkaMessage* message) =>
        message->Topic == 0 ? "" : _names.Of(KafkaLibrary.rd_kafka_topic_name(message->Topic));

    private KafkaPartition PartitionOf(KafkaMessage* message) => new(TopicOf(message), message->Partition);

    private static string ErrorText(KafkaMessage* message) =>
        KafkaLibrary.Text(KafkaLibrary.rd_kafka_message_errstr(message)) is { Length: > 0 } text
            ? text
            : KafkaLibrary.Text(KafkaLibrary.rd_kafka_err2str(message->Error));

    private static KafkaOffset[] Places(IReadOnlyCollection<KafkaPartition> partitions) =>
        [.. partitions.Select(partition => new KafkaOffset(partition, KafkaOffset.None))];

    private static void WithList(IReadOnlyCollection<KafkaOffset> offsets, ListAction use)
    {
        var list = KafkaPartitionList.Of(offsets);
        try
        {
            use(list);
        }
        finally
        {
            KafkaLibrary.rd_kafka_topic_partition_list_destroy(list);
        }
    }

    private static void Check(int error)
    {
        if (error != 0) throw new OutputException($"Kafka: {KafkaLibrary.Text(KafkaLibrary.rd_kafka_err2str(error))}.");
    }

    private static void Check(nint error)
    {
        if (error == 0) return;
        var code = KafkaLibrary.rd_kafka_error_code(error);
        KafkaLibrary.rd_kafka_error_destroy(error);
        Check(code);
    }

    private void Rebalance(bool isAssigned, KafkaPartitionList* list)
    {
        var partitions = Array.ConvertAll(list->Read(), place => place.Partition);
        if (!isAssigned)
        {
            _member.Revoked(partitions, KafkaLibrary.rd_kafka_assignment_lost(_client) != 0);
            Check(KafkaLibrary.rd_kafka_incremental_unassign(_client, list));
            return;
        }

        var begins = _member.Assigned(partitions).ToDictionary(place => place.Partition, place => place.Offset);
        for (var i = 0; i < list->Count; i++)
            list->Entries[i].Offset = begins.GetValueOrDefault(partitions[i], KafkaOffset.Stored);
        Check(KafkaLibrary.rd_kafka_incremental_assign(_client, list));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnRebalance(nint client, int error, KafkaPartitionList* list, nint opaque)
    {
        var consumer = (KafkaConsumer)GCHandle.FromIntPtr(opaque).Target!;
        try
        {
            consumer.Rebalance(error == Assign, list);
        }
        catch (Exception exception)
        {
            // It must not leave through the library, whose frames it would tear down: the poll throws it.
            consumer._failure ??= exception;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnError(nint client, int error, byte* reason, nint opaque) =>
        ((KafkaConsumer)GCHandle.FromIntPtr(opaque).Target!)._member.Troubled(error, KafkaLibrary.Text(reason), "");

    private delegate void ListAction(KafkaPartitionList* list);
}
