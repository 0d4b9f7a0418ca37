using System.Buffers;
using System.Text;
using System.Text.Json;
using Culvert.Collector.Otlp;
using Culvert.Collector.Records;
using Culvert.Collector.Spool;
using Culvert.Shipping;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Outputs.Kafka;

/// <summary>
/// Writes records to Kafka: one message each, keyed by its source, through an idempotent producer with acks=all. A
/// record is confirmed by the report of its delivery. While no broker is there the library keeps trying what it has,
/// nothing more is taken, and the spool grows.
/// </summary>
internal sealed class KafkaSink : IOutputSink, IKafkaReports
{
    private static readonly TimeSpan LookAfter = TimeSpan.FromSeconds(1);

    private readonly KafkaSinkOptions _options;
    private readonly KafkaCare _care;
    private readonly OutputStatus _status;
    private readonly ILogger _logger;
    private readonly DeliveryWindow _window = new(KafkaSinkOptions.RecordsUnderWayMax);
    private readonly AsyncSignal _changed;
    private readonly EntryRecords _records = new();
    private readonly OtlpRecordWriter _otlp = new();
    private readonly ArrayBufferWriter<byte> _json = new();
    private readonly Utf8JsonWriter _jsonWriter;
    private readonly KafkaTopics _topics;
    private readonly Dictionary<Source, byte[]> _keys = [];
    private KafkaProducer? _producer;
    private volatile bool _isCareful;
    private bool _isCareOver;
    private int _waiting;
    private volatile string? _failure;
    private volatile int _troubleRank = -1;
    private volatile string? _trouble;

    public KafkaSink(
        KafkaSinkOptions options, KafkaCare care, OutputStatus status, ILogger logger, TimeProvider time)
    {
        (_options, _care, _status, _logger) = (options, care, status, logger);
        _changed = new AsyncSignal(time);
        _topics = new KafkaTopics(options);
        _jsonWriter = new Utf8JsonWriter(_json, RecordJson.WriterOptions);
    }

    public ulong Confirmed => _window.Confirmed;

    public ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        if (!KafkaLibrary.IsAvailable) throw new OutputException(KafkaLibrary.Missing);
        _isCareful = _care.Until > 0;
        _producer = new KafkaProducer(Settings(_options, _isCareful), this);
        return ValueTask.CompletedTask;
    }

    public int Write(in SpoolEntry entry, int first)
    {
        _isCareOver = _isCareful && entry.Position + (ulong)first >= _care.Until;
        if (_isCareOver) return first;
        var records = _records.From(entry, first);
        Span<byte> identity = stackalloc byte[RecordIdentity.LengthMax];
        for (var index = first; records.MoveNext(); index++)
        {
            Check();
            var record = records.Current;
            if (!_window.TryAdd(record.Position)) return index;
            var length = RecordIdentity.Format(records.Producer, records.Sequence, identity);
            var error = _producer!.Send(
                _topics.Find(record.Source, record.Severity), Key(record.Source), Value(record),
                _options.AsJson ? KafkaHeaders.JsonSchema : KafkaHeaders.ProtobufSchema, identity[..length],
                record.Position);
            if (error == 0) continue;
            if (error == KafkaError.QueueFull)
            {
                _window.Withdraw(record.Position);
                return index;
            }

            // The library looked at this message alone.
            if (KafkaError.IsOfMessage(error)) Reject(record.Position, KafkaError.Text(error));
            else Failed(record.Position, error, KafkaError.Text(error), _topics.Find(record.Source, record.Severity));
        }

        return entry.RecordCount;
    }

    public async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        if (_isCareOver)
        {
            await WaitAsync(1, cancellationToken).ConfigureAwait(false);
            (_isCareful, _care.Until) = (false, 0);
            await _producer!.DisposeAsync().ConfigureAwait(false);
            _producer = new KafkaProducer(Settings(_options, careful: false), this);
            return;
        }

        // Half at once: a wait for each record would cost more than the record.
        var below = Math.Max(1, _window.Count / 2);
        await WaitAsync(below, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken) => WaitAsync(1, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_producer is not null) await _producer.DisposeAsync().ConfigureAwait(false);
        _jsonWriter.Dispose();
    }

    public void Delivered(ulong position)
    {
        (_trouble, _troubleRank) = (null, -1);
        if (_window.Deliver(position) <= Volatile.Read(ref _waiting)) _changed.Set();
    }

    public void Failed(ulong position, int error, string reason, string topic)
    {
        if (KafkaError.IsPurge(error)) return;
        var sentence = KafkaError.Sentence(error, reason, $"outputs.{_options.Output}", _options.Brokers, topic);
        if (KafkaError.IsOfMessage(error) && _isCareful)
        {
            Reject(position, reason);
        }
        else
        {
            if (KafkaError.IsOfMessage(error)) _care.Until = Math.Max(_care.Until, _window.Next);
            _failure ??= sentence;
        }

        _changed.Set();
    }

    public void Troubled(int error, string reason)
    {
        var sentence = KafkaError.Sentence(error, reason, $"outputs.{_options.Output}", _options.Brokers);
        if (error == KafkaError.Fatal)
        {
            _failure ??= sentence;
            _changed.Set();
            return;
        }

        if (KafkaError.Rank(error) < _troubleRank) return;
        (_trouble, _troubleRank) = (sentence, KafkaError.Rank(error));
        Tell();
    }

    private void Reject(ulong position, string reason)
    {
        _status.CountRejected(1, "too_large");
        OutputLog.Rejected(_logger, _options.Output, 1, $"The record at position {position}: {reason}.");
        _window.Deliver(position);
    }

    private static IEnumerable<KeyValuePair<string, string>> Settings(KafkaSinkOptions options, bool careful) =>
    [
        new("client.id", "culvert"),
        new("queue.buffering.max.kbytes", "65536"),
        new("topic.metadata.propagation.max.ms", "5000"),
        .. options.Settings,
        new("bootstrap.servers", options.Brokers),
        new("enable.idempotence", "true"),
        new("acks", "all"),
        // Without an end: what is under way waits for its broker as what is in the spool does.
        new("message.timeout.ms", "0"),
        new("compression.type", options.Compression),
        // Nothing goes past a batch that is refused, so that a partition has each producer's records in order and what
        // comes twice is told by the highest sequence; one by one a record that is refused alone is passed over.
        careful ? new("batch.num.messages", "1") : new("enable.gapless.guarantee", "true"),
    ];

    private async ValueTask WaitAsync(int below, CancellationToken cancellationToken)
    {
        // Partner of Delivered, which looks at it after it counted: one of the two sees the other.
        Volatile.Write(ref _waiting, below - 1);
        using var woken = cancellationToken.UnsafeRegister(static signal => ((AsyncSignal)signal!).Set(), _changed);
        while (_window.Count >= below)
        {
            Check();
            cancellationToken.ThrowIfCancellationRequested();
            await _changed.WaitAsync(LookAfter).ConfigureAwait(false);
            Tell();
        }

        Check();
    }

    /// <summary>A connection that ends while nothing is under way is nobody's trouble: brokers close idle ones. It is
    /// kept, since the library does not say the same again soon, and told when records wait.</summary>
    private void Tell()
    {
        if (_window.Count == 0 || _trouble is not { } trouble) return;
        if (_status.Trouble(trouble)) OutputLog.Failed(_logger, _options.Output, trouble);
    }

    private void Check()
    {
        if (_failure is { } failure) throw new OutputException(failure);
    }

    private byte[] Key(Source source)
    {
        if (_keys.TryGetValue(source, out var key)) return key;
        if (_keys.Count >= KafkaSinkOptions.TopicsMax) _keys.Clear();
        key = Encoding.UTF8.GetBytes(source.Host.Length == 0 ? source.Service : $"{source.Service}@{source.Host}");
        _keys.Add(source, key);
        return key;
    }

    private ReadOnlySpan<byte> Value(in StoredRecord record)
    {
        if (!_options.AsJson) return _otlp.Write(record);
        _json.ResetWrittenCount();
        RecordJson.Write(_jsonWriter, record);
        _jsonWriter.Flush();
        _jsonWriter.Reset();
        return _json.WrittenSpan;
    }
}
