using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Culvert.Collector.Outputs.Kafka;

/// <summary>
/// One idempotent producer of librdkafka, with a thread that takes its reports. A message is under way until the report
/// of its delivery.
/// </summary>
/// <remarks>Send from one thread at a time; reports come on the producer's own. Dispose gives up what is under
/// way.</remarks>
internal sealed class KafkaProducer : IAsyncDisposable
{
    private const int ProducerType = 0;
    private const int PollMs = 100;
    private const int PurgeAll = 1 | 2 | 4;

    private readonly Dictionary<string, nint> _topics = new(StringComparer.Ordinal);
    private readonly IKafkaReports _reports;
    private readonly Thread _poller;
    private GCHandle _self;
    private nint _client;
    private volatile bool _isStopping;

    /// <summary>Throws <see cref="OutputException"/> when a setting is wrong.</summary>
    public unsafe KafkaProducer(IEnumerable<KeyValuePair<string, string>> settings, IKafkaReports reports)
    {
        _reports = reports;
        _self = GCHandle.Alloc(this);
        try
        {
            _client = KafkaClient.Create(ProducerType, settings, GCHandle.ToIntPtr(_self), configuration =>
            {
                KafkaLibrary.rd_kafka_conf_set_dr_msg_cb(configuration, &OnReport);
                KafkaLibrary.rd_kafka_conf_set_error_cb(configuration, &OnError);
            });
        }
        catch
        {
            _self.Free();
            throw;
        }

        _poller = new Thread(Poll) { IsBackground = true, Name = "culvert kafka reports" };
        _poller.Start();
    }

    /// <summary>Hands a message over; the bytes are copied. 0, or the library's error code.</summary>
    public unsafe int Send(
        string topic, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ReadOnlySpan<byte> schema,
        ReadOnlySpan<byte> identity, ulong position)
    {
        var arguments = stackalloc KafkaArgument[7];
        fixed (byte* keyBytes = key, valueBytes = value, schemaBytes = schema, identityBytes = identity)
        fixed (byte* schemaName = KafkaHeaders.Schema, identityName = KafkaHeaders.Identity)
        {
            arguments[0] = KafkaArgument.Of(KafkaArgument.Topic, Topic(topic));
            arguments[1] = KafkaArgument.Of(KafkaArgument.Key, (nint)keyBytes, key.Length);
            arguments[2] = KafkaArgument.Of(KafkaArgument.Value, (nint)valueBytes, value.Length);
            arguments[3] = new KafkaArgument { Type = KafkaArgument.Flags, Number = KafkaArgument.CopyFlag };
            arguments[4] = KafkaArgument.Of(KafkaArgument.Opaque, (nint)position);
            arguments[5] = KafkaArgument.OfHeader(schemaName, schemaBytes, schema.Length);
            arguments[6] = KafkaArgument.OfHeader(identityName, identityBytes, identity.Length);
            return Send(arguments, 7);
        }
    }

    /// <summary>Hands over a message with any headers; the bytes are copied. 0, or the library's error code.</summary>
    public unsafe int Send(
        string topic, byte[]? key, byte[]? value, IReadOnlyList<KafkaHeader> headers, ulong position)
    {
        // One piece of memory for names and values, since each must stay where it is during the call.
        var bytes = new List<byte>();
        var places = new List<(int Name, int Value, int Size)>(headers.Count);
        foreach (var (name, headerValue) in headers)
        {
            var at = bytes.Count;
            bytes.AddRange(Encoding.UTF8.GetBytes(name));
            bytes.Add(0);
            places.Add((at, bytes.Count, headerValue.Length));
            bytes.AddRange(headerValue);
        }

        var arguments = new KafkaArgument[5 + headers.Count];
        fixed (KafkaArgument* first = arguments)
        fixed (byte* keyBytes = key, valueBytes = value, headerBytes = bytes.ToArray())
        {
            arguments[0] = KafkaArgument.Of(KafkaArgument.Topic, Topic(topic));
            arguments[1] = KafkaArgument.Of(KafkaArgument.Key, (nint)keyBytes, key?.Length ?? 0);
            arguments[2] = KafkaArgument.Of(KafkaArgument.Value, (nint)valueBytes, value?.Length ?? 0);
            arguments[3] = new KafkaArgument { Type = KafkaArgument.Flags, Number = KafkaArgument.CopyFlag };
            arguments[4] = KafkaArgument.Of(KafkaArgument.Opaque, (nint)position);
            for (var i = 0; i < places.Count; i++)
            {
                var (name, at, size) = places[i];
                arguments[5 + i] = KafkaArgument.OfHeader(headerBytes + name, headerBytes + at, size);
            }

            return Send(first, arguments.Length);
        }
    }

    /// <summary>Asks how many partitions of the topics that are written have nobody who could take records now; null
    /// when no broker answers in time. Any thread, not during dispose.</summary>
    public unsafe (string Topic, int Leaderless, int Partitions)? AskLeaderless(int timeoutMs)
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

    public async ValueTask DisposeAsync()
    {
        if (_client == 0) return;
        var client = _client;
        _client = 0;
        _isStopping = true;
        // The library ends its threads, which may take a moment and must hold up nobody.
        await Task.Run(() =>
        {
            _poller.Join();
            KafkaLibrary.rd_kafka_purge(client, PurgeAll);
            foreach (var topic in _topics.Values) KafkaLibrary.rd_kafka_topic_destroy(topic);
            KafkaLibrary.rd_kafka_destroy(client);
            _self.Free();
        }).ConfigureAwait(false);
    }

    private unsafe int Send(KafkaArgument* arguments, int count)
    {
        var error = KafkaLibrary.rd_kafka_produceva(_client, arguments, (nuint)count);
        if (error == 0) return 0;
        var code = KafkaLibrary.rd_kafka_error_code(error);
        KafkaLibrary.rd_kafka_error_destroy(error);
        return code;
    }

    private nint Topic(string name)
    {
        if (_topics.TryGetValue(name, out var topic)) return topic;
        topic = KafkaLibrary.rd_kafka_topic_new(_client, name, 0);
        if (topic == 0)
            throw new OutputException($"'{name}' is no name of a Kafka topic; name another in the output's settings.");
        _topics.Add(name, topic);
        return topic;
    }

    private void Poll()
    {
        var client = _client;
        while (!_isStopping) KafkaLibrary.rd_kafka_poll(client, PollMs);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe void OnReport(nint client, KafkaMessage* message, nint opaque)
    {
        var producer = (KafkaProducer)GCHandle.FromIntPtr(opaque).Target!;
        if (message->Error == 0) producer._reports.Delivered((ulong)message->Opaque);
        else producer._reports.Failed(new KafkaFailure(message));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe void OnError(nint client, int error, byte* reason, nint opaque) =>
        ((KafkaProducer)GCHandle.FromIntPtr(opaque).Target!)._reports.Troubled(error, KafkaLibrary.Text(reason));
}
