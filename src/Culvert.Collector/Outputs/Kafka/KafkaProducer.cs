using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Culvert.Shipping;

namespace Culvert.Collector.Outputs.Kafka;

/// <summary>
/// One idempotent producer of librdkafka. A message is under way until the report of its delivery. Reports wait in a
/// queue until they are taken, and whoever sends takes them, too: one thread takes and gives back the library's memory
/// then, and no other has to be woken for it (docs/decisions/0010-shipping.md has what memory cost).
/// </summary>
/// <remarks>Calls do not overlap, but for <see cref="AskLeaderless"/>. Dispose gives up what is under way.</remarks>
internal sealed unsafe class KafkaProducer : IAsyncDisposable
{
    private const int ProducerType = 0;
    // Kinds of reports (rd_kafka_event_type_t).
    private const int DeliveryReport = 1, ErrorReport = 8;
    private const int PurgeAll = 1 | 2 | 4;
    private const int ReportsAtOnce = 256;
    private const int ArgumentCount = 6;

    private readonly Dictionary<string, nint> _topics = new(StringComparer.Ordinal);
    private readonly IKafkaReports _reports;
    private readonly AsyncSignal _reported;
    private readonly ulong[] _delivered = new ulong[ReportsAtOnce];
    // Of the message that is being sent.
    private readonly KafkaArgument* _arguments;
    private GCHandle _self;
    private nint _client, _queue;

    /// <summary>Throws <see cref="OutputException"/> when a setting is wrong.</summary>
    /// <param name="settings">By the library's names; later ones win.</param>
    /// <param name="reports">Takes the reports.</param>
    /// <param name="reported">Is set when there are reports after there were none.</param>
    public KafkaProducer(
        IEnumerable<KeyValuePair<string, string>> settings, IKafkaReports reports, AsyncSignal reported)
    {
        (_reports, _reported) = (reports, reported);
        _self = GCHandle.Alloc(this);
        try
        {
            _client = KafkaClient.Create(
                ProducerType, settings, GCHandle.ToIntPtr(_self),
                configuration => KafkaLibrary.rd_kafka_conf_set_events(configuration, DeliveryReport | ErrorReport));
        }
        catch
        {
            _self.Free();
            throw;
        }

        _arguments = (KafkaArgument*)NativeMemory.AllocZeroed(ArgumentCount, (nuint)sizeof(KafkaArgument));
        _queue = KafkaLibrary.rd_kafka_queue_get_main(_client);
        KafkaLibrary.rd_kafka_queue_cb_event_enable(_queue, &OnReports, GCHandle.ToIntPtr(_self));
    }

    /// <summary>The library's topic of that name, until dispose.</summary>
    public nint Topic(string name)
    {
        if (_topics.TryGetValue(name, out var topic)) return topic;
        topic = KafkaLibrary.rd_kafka_topic_new(_client, name, 0);
        if (topic == 0)
            throw new OutputException($"'{name}' is no name of a Kafka topic; name another in the output's settings.");
        _topics.Add(name, topic);
        return topic;
    }

    /// <summary>Hands a message over; all but a value that is kept is copied. 0, or the library's error code.</summary>
    /// <param name="topic">See <see cref="Topic"/>.</param>
    /// <param name="key">The message's key.</param>
    /// <param name="value">The message's value.</param>
    /// <param name="isKept">Whether the value stays where it is until the report.</param>
    /// <param name="schema">A header.</param>
    /// <param name="identity">A header.</param>
    /// <param name="position">What the report will say.</param>
    public int Send(
        nint topic, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool isKept, ReadOnlySpan<byte> schema,
        ReadOnlySpan<byte> identity, ulong position)
    {
        fixed (byte* keyBytes = key, valueBytes = value, schemaBytes = schema, identityBytes = identity)
        fixed (byte* schemaName = KafkaHeaders.Schema, identityName = KafkaHeaders.Identity)
        {
            var headers = KafkaLibrary.rd_kafka_headers_new(2);
            KafkaLibrary.rd_kafka_header_add(
                headers, schemaName, KafkaHeaders.Schema.Length - 1, schemaBytes, schema.Length);
            KafkaLibrary.rd_kafka_header_add(
                headers, identityName, KafkaHeaders.Identity.Length - 1, identityBytes, identity.Length);
            Set(topic, keyBytes, key.Length, valueBytes, value.Length, position);
            if (isKept) _arguments[3].Number = 0;
            return SendSet(headers);
        }
    }

    /// <summary>Hands over a message with any headers; the bytes are copied. 0, or the library's error code.</summary>
    public int Send(
        string topic, byte[]? key, byte[]? value, IReadOnlyList<KafkaHeader> headers, ulong position)
    {
        var handle = Topic(topic);
        var list = KafkaLibrary.rd_kafka_headers_new((nuint)headers.Count);
        foreach (var (name, headerValue) in headers)
        {
            var nameText = Encoding.UTF8.GetBytes(name);
            fixed (byte* nameBytes = nameText, headerBytes = headerValue)
                KafkaLibrary.rd_kafka_header_add(list, nameBytes, nameText.Length, headerBytes, headerValue.Length);
        }

        fixed (byte* keyBytes = key, valueBytes = value)
        {
            Set(handle, keyBytes, key?.Length ?? 0, valueBytes, value?.Length ?? 0, position);
            return SendSet(list);
        }
    }

    /// <summary>Takes all reports that are there.</summary>
    public void TakeReports()
    {
        nint report;
        while ((report = KafkaLibrary.rd_kafka_queue_poll(_queue, 0)) != 0)
        {
            if (KafkaLibrary.rd_kafka_event_type(report) == DeliveryReport) TakeDeliveries(report);
            else
                _reports.Troubled(
                    KafkaLibrary.rd_kafka_event_error(report),
                    KafkaLibrary.Text(KafkaLibrary.rd_kafka_event_error_string(report)));
            KafkaLibrary.rd_kafka_event_destroy(report);
        }
    }

    /// <summary>Asks how many partitions of the topics that are written have nobody who could take records now; null
    /// when no broker answers in time. Any thread, not during dispose.</summary>
    public (string Topic, int Leaderless, int Partitions)? AskLeaderless(int timeoutMs)
    {
        if (KafkaLibrary.rd_kafka_metadata(_client, 0, 0, out var metadata, timeoutMs) != 0) return null;
        var worst = (Topic: "", Leaderless: 0, Partitions: 0);
        for (var i = 0; i < metadata->TopicCount; i++)
        {
            var topic = metadata->Topics + i;
            var leaderless = 0;
            for (var p = 0; p < topic->PartitionCount; p++)
            {
                if (topic->Partitions[p].Leader < 0) leaderless++;
            }

            if (leaderless > worst.Leaderless)
                worst = (KafkaLibrary.Text(topic->Name), leaderless, topic->PartitionCount);
        }

        KafkaLibrary.rd_kafka_metadata_destroy(metadata);
        return worst;
    }

    public ValueTask DisposeAsync()
    {
        if (_client == 0) return ValueTask.CompletedTask;
        var (client, queue) = (_client, _queue);
        (_client, _queue) = (0, 0);
        // The library ends its threads, which may take a moment and must hold up nobody.
        return new ValueTask(Task.Run(() => End(client, queue)));
    }

    private void End(nint client, nint queue)
    {
        KafkaLibrary.rd_kafka_queue_cb_event_enable(queue, null, 0);
        KafkaLibrary.rd_kafka_queue_destroy(queue);
        KafkaLibrary.rd_kafka_purge(client, PurgeAll);
        foreach (var topic in _topics.Values) KafkaLibrary.rd_kafka_topic_destroy(topic);
        KafkaLibrary.rd_kafka_destroy(client);
        NativeMemory.Free(_arguments);
        _self.Free();
    }

    private void Set(nint topic, byte* key, int keyBytes, byte* value, int valueBytes, ulong position)
    {
        _arguments[0].Set(KafkaArgument.Topic, topic);
        _arguments[1].Set(KafkaArgument.Key, (nint)key, keyBytes);
        _arguments[2].Set(KafkaArgument.Value, (nint)value, valueBytes);
        (_arguments[3].Type, _arguments[3].Number) = (KafkaArgument.Flags, KafkaArgument.CopyFlag);
        _arguments[4].Set(KafkaArgument.Opaque, (nint)position);
    }

    /// <summary>Sends what is set. Headers that are given one by one as arguments librdkafka 2.0.2 frees twice when the
    /// topic is known to be refused; a list is the library's with a message that it took, and else still
    /// ours.</summary>
    private int SendSet(nint headers)
    {
        _arguments[5].Set(KafkaArgument.Headers, headers);
        var error = KafkaLibrary.rd_kafka_produceva(_client, _arguments, ArgumentCount);
        if (error == 0) return 0;
        KafkaLibrary.rd_kafka_headers_destroy(headers);
        var code = KafkaLibrary.rd_kafka_error_code(error);
        KafkaLibrary.rd_kafka_error_destroy(error);
        return code;
    }

    private void TakeDeliveries(nint report)
    {
        var messages = stackalloc KafkaMessage*[ReportsAtOnce];
        int count;
        while ((count = (int)KafkaLibrary.rd_kafka_event_message_array(report, messages, ReportsAtOnce)) > 0)
        {
            var delivered = 0;
            for (var i = 0; i < count; i++)
            {
                if (messages[i]->Error == 0) _delivered[delivered++] = (ulong)messages[i]->Opaque;
                else _reports.Failed(new KafkaFailure(messages[i]));
            }

            if (delivered > 0) _reports.Delivered(_delivered.AsSpan(0, delivered));
        }
    }

    // On a thread of the library, which must not be called from here.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnReports(nint client, nint opaque) =>
        ((KafkaProducer)GCHandle.FromIntPtr(opaque).Target!)._reported.Set();
}
