using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Culvert.Collector.Otlp;
using Culvert.Collector.Outputs.DeadLetters;
using Culvert.Collector.Records;
using Culvert.Collector.Spool;
using Culvert.Shipping;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Outputs.Kafka;

/// <summary>
/// Writes records to Kafka: one message each, keyed by its source, through an idempotent producer with acks=all. A
/// record is confirmed by the report of its delivery, or, when the broker refuses it alone, as a dead letter. While no
/// broker is there the library keeps trying what it has, nothing more is taken, and the spool grows.
/// </summary>
internal sealed class KafkaSink : IOutputSink, IKafkaReports
{
    private const int AskMs = 1_000;

    private static readonly TimeSpan LookAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AskAfter = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan StalledAfter = TimeSpan.FromSeconds(20);

    private readonly KafkaSinkOptions _options;
    private readonly KafkaCare _care;
    private readonly IDeadLetters _letters;
    private readonly OutputStatus _status;
    private readonly ILogger _logger;
    private readonly DeliveryWindow _window = new(KafkaSinkOptions.RecordsUnderWayMax);
    private readonly TimeProvider _time;
    private readonly AsyncSignal _changed;
    private readonly EntryRecords _records = new();
    private readonly OtlpRecordWriter _otlp = new();
    private readonly ArrayBufferWriter<byte> _json = new();
    private readonly Utf8JsonWriter _jsonWriter;
    private readonly KafkaTopics _topics;
    private readonly Dictionary<Source, byte[]> _keys = [];
    // From Write and the producer's reports to whoever waits for room: each is confirmed once it is kept.
    private readonly ConcurrentQueue<DeadLetter> _refused = new();
    private KafkaProducer? _producer;
    private volatile bool _isCareful;
    private bool _isCareOver;
    private int _waiting;
    private volatile string? _failure;
    private volatile int _troubleRank = -1;
    private volatile string? _trouble;
    private volatile bool _hasDelivered;
    private ulong _confirmedBefore;
    private long _stalledSince, _askedAt;

    public KafkaSink(
        KafkaSinkOptions options, KafkaCare care, IDeadLetters letters, OutputStatus status, ILogger logger,
        TimeProvider time)
    {
        (_options, _care, _letters, _status, _logger) = (options, care, letters, status, logger);
        _time = time;
        _changed = new AsyncSignal(time);
        _topics = new KafkaTopics(options);
        _jsonWriter = new Utf8JsonWriter(_json, RecordJson.WriterOptions);
    }

    public ulong Confirmed => _window.Confirmed;

    public ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        if (!KafkaLibrary.IsAvailable) throw new OutputException(KafkaLibrary.MissingForNow);
        _isCareful = _care.Until > 0;
        _producer = new KafkaProducer(_options.AllSettings(_isCareful), this);
        return ValueTask.CompletedTask;
    }

    public int Write(in SpoolEntry entry, int first)
    {
        _isCareOver = _isCareful && entry.Position + (ulong)first >= _care.Until;
        if (_isCareOver || !_refused.IsEmpty) return first;
        var records = _records.From(entry, first);
        Span<byte> identity = stackalloc byte[RecordIdentity.LengthMax];
        for (var index = first; records.MoveNext(); index++)
        {
            Check();
            var record = records.Current;
            if (!_window.TryAdd(record.Position)) return index;
            var length = RecordIdentity.Format(records.Producer, records.Sequence, identity);
            var (topic, key) = (_topics.Find(record.Source, record.Severity), Key(record.Source));
            var value = Value(record);
            var error = _producer!.Send(
                topic, key, value, _options.AsJson ? KafkaHeaders.JsonSchema : KafkaHeaders.ProtobufSchema,
                identity[..length], record.Position);
            if (error == 0) continue;
            if (error == KafkaError.QueueFull)
            {
                _window.Withdraw(record.Position);
                return index;
            }

            // The library looked at this message alone.
            if (KafkaError.IsOfMessage(error)) Refuse(record.Position, error, topic, key, value, identity[..length]);
            else _failure ??= Sentence(error, topic);
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
            _producer = new KafkaProducer(_options.AllSettings(careful: false), this);
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
        (_trouble, _troubleRank, _hasDelivered) = (null, -1, true);
        if (_window.Deliver(position) <= Volatile.Read(ref _waiting)) _changed.Set();
    }

    public void Failed(KafkaFailure failure)
    {
        var error = failure.Error;
        if (KafkaError.IsPurge(error)) return;
        if (KafkaError.IsOfMessage(error) && _isCareful)
        {
            Refuse(
                failure.Position, error, failure.Topic, failure.Key, failure.Value,
                failure.Header(KafkaHeaders.Identity[..^1]));
        }
        else
        {
            if (KafkaError.IsOfMessage(error)) _care.Until = Math.Max(_care.Until, _window.Next);
            _failure ??= Sentence(error, failure.Topic);
        }

        _changed.Set();
    }

    public void Troubled(int error, string reason)
    {
        var sentence = _hasDelivered && KafkaError.IsNobodyThere(error)
            ? KafkaError.Gone(reason, _options.Brokers)
            : KafkaError.Sentence(error, reason, _options.Place, _options.Brokers);
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

    private string Sentence(int error, string topic) => KafkaError.Sentence(
        error, KafkaError.Text(error), _options.Place, _options.Brokers, topic);

    /// <summary>Any thread. The record stays under way until its letter is kept.</summary>
    private void Refuse(
        ulong position, int error, string topic, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value,
        ReadOnlySpan<byte> identity) => _refused.Enqueue(new DeadLetter
        {
            Position = position,
            Identity = Encoding.ASCII.GetString(identity),
            Reason = KafkaError.Word(error),
            Problem = KafkaError.Refusal(error, _options.Place, value.Length),
            Target = topic,
            Key = Encoding.UTF8.GetString(key),
            Document = value.ToArray(),
        });

    /// <summary>Keeps what was refused, and goes past it; false when there was nothing.</summary>
    private async ValueTask<bool> TryKeepRefusedAsync(CancellationToken cancellationToken)
    {
        var letters = new List<DeadLetter>();
        while (_refused.TryDequeue(out var letter)) letters.Add(letter);
        if (letters.Count == 0) return false;
        await _letters.AddAsync(letters, cancellationToken).ConfigureAwait(false);
        foreach (var letter in letters) _window.Deliver(letter.Position);
        return true;
    }

    private async ValueTask WaitAsync(int below, CancellationToken cancellationToken)
    {
        // Partner of Delivered, which looks at it after it counted: one of the two sees the other.
        Volatile.Write(ref _waiting, below - 1);
        using var woken = cancellationToken.UnsafeRegister(static signal => ((AsyncSignal)signal!).Set(), _changed);
        while (_window.Count >= below)
        {
            Check();
            cancellationToken.ThrowIfCancellationRequested();
            if (await TryKeepRefusedAsync(cancellationToken).ConfigureAwait(false)) continue;
            await _changed.WaitAsync(LookAfter).ConfigureAwait(false);
            await LookAsync().ConfigureAwait(false);
            Tell();
        }

        // What comes after a pause has not waited since before it.
        if (_window.Count == 0) _stalledSince = 0;
        Check();
    }

    /// <summary>A broker that answers and takes nothing is no error to the library, which tries again: a partition has
    /// no leader, as when the disk of its log is full, or too few replicas are in sync. So it is asked.</summary>
    private async ValueTask LookAsync()
    {
        var confirmed = _window.Confirmed;
        if (_stalledSince == 0 || confirmed != _confirmedBefore)
        {
            (_confirmedBefore, _stalledSince) = (confirmed, _time.GetTimestamp());
            _askedAt = _stalledSince;
        }

        if (_time.GetElapsedTime(_askedAt) < AskAfter) return;
        var producer = _producer!;
        var answer = await Task.Run(() => producer.AskLeaderless(AskMs)).ConfigureAwait(false);
        _askedAt = _time.GetTimestamp();
        if (answer is not var (topic, leaderless, partitions)) return;
        if (leaderless > 0 || (_trouble is null && _time.GetElapsedTime(_stalledSince) > StalledAfter))
            _trouble = KafkaError.Stalled(_options.Brokers, topic, leaderless, partitions);
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
