using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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
    private const int ErrorBytes = 512;

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
        var configuration = KafkaLibrary.rd_kafka_conf_new();
        try
        {
            var error = stackalloc byte[ErrorBytes];
            foreach (var (name, value) in settings)
            {
                if (KafkaLibrary.rd_kafka_conf_set(configuration, name, value, error, ErrorBytes) != 0)
                    throw new OutputException($"librdkafka refuses a setting: {KafkaLibrary.Text(error)}.");
            }

            _self = GCHandle.Alloc(this);
            KafkaLibrary.rd_kafka_conf_set_opaque(configuration, GCHandle.ToIntPtr(_self));
            KafkaLibrary.rd_kafka_conf_set_dr_msg_cb(configuration, &OnReport);
            KafkaLibrary.rd_kafka_conf_set_error_cb(configuration, &OnError);
            KafkaLibrary.rd_kafka_conf_set_log_cb(configuration, &OnLog);
            _client = KafkaLibrary.rd_kafka_new(ProducerType, configuration, error, ErrorBytes);
            if (_client == 0) throw new OutputException($"librdkafka cannot begin: {KafkaLibrary.Text(error)}.");
        }
        catch
        {
            KafkaLibrary.rd_kafka_conf_destroy(configuration);
            if (_self.IsAllocated) _self.Free();
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
            var error = KafkaLibrary.rd_kafka_produceva(_client, arguments, 7);
            if (error == 0) return 0;
            var code = KafkaLibrary.rd_kafka_error_code(error);
            KafkaLibrary.rd_kafka_error_destroy(error);
            return code;
        }
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
        var position = (ulong)message->Opaque;
        if (message->Error == 0)
        {
            producer._reports.Delivered(position);
            return;
        }

        producer._reports.Failed(
            position, message->Error, KafkaLibrary.Text(KafkaLibrary.rd_kafka_err2str(message->Error)),
            KafkaLibrary.Text(KafkaLibrary.rd_kafka_topic_name(message->Topic)));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe void OnError(nint client, int error, byte* reason, nint opaque) =>
        ((KafkaProducer)GCHandle.FromIntPtr(opaque).Target!)._reports.Troubled(error, KafkaLibrary.Text(reason));

    // What matters of it also comes as an error; without this the library would write to our standard error.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe void OnLog(nint client, int level, byte* facility, byte* text)
    {
    }
}
