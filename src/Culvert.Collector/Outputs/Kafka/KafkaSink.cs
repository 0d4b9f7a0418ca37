using System.Buffers;
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
    private readonly KafkaSlabs _slabs = new();
    private readonly IdentityWriter _identity = new();
    private readonly Dictionary<Source, KafkaLane> _lanes = [];
    // Each is confirmed once it is kept.
    private List<DeadLetter> _refused = [];
    private KafkaProducer? _producer;
    private bool _isCareful, _isCareOver, _hasDelivered;
    private string? _failure, _trouble;
    private int _troubleRank = -1;
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
        _producer = new KafkaProducer(_options.AllSettings(_isCareful), this, _changed);
        return ValueTask.CompletedTask;
    }

    public int Write(in SpoolEntry entry, int first)
    {
        _producer!.TakeReports();
        Check();
        _isCareOver = _isCareful && entry.Position + (ulong)first >= _care.Until;
        if (_isCareOver || _refused.Count > 0) return first;
        var records = _records.From(entry, first);
        for (var index = first; records.MoveNext(); index++)
        {
            if (!TrySend(records.Current, _identity.Write(records.Producer, records.Sequence))) return index;
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
            _lanes.Clear();
            _producer = new KafkaProducer(_options.AllSettings(careful: false), this, _changed);
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
        _slabs.Dispose();
        _jsonWriter.Dispose();
    }

    public void Delivered(ReadOnlySpan<ulong> positions)
    {
        (_trouble, _troubleRank, _hasDelivered) = (null, -1, true);
        _window.Deliver(positions);
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
    }

    public void Troubled(int error, string reason)
    {
        var sentence = _hasDelivered && KafkaError.IsNobodyThere(error)
            ? KafkaError.Gone(reason, _options.Brokers)
            : KafkaError.Sentence(error, reason, _options.Place, _options.Brokers);
        if (error == KafkaError.Fatal)
        {
            _failure ??= sentence;
            return;
        }

        if (KafkaError.Rank(error) < _troubleRank) return;
        (_trouble, _troubleRank) = (sentence, KafkaError.Rank(error));
        Tell();
    }

    /// <summary>False when there is no room.</summary>
    private unsafe bool TrySend(in StoredRecord record, ReadOnlySpan<byte> identity)
    {
        if (!_window.TryAdd(record.Position)) return false;
        var lane = Lane(record.Source);
        var step = LevelText.Step(record.Severity);
        if (lane.Topics[step] == 0)
            lane.Topics[step] = _producer!.Topic(_topics.Find(record.Source, record.Severity));
        var value = Value(record);
        var isKept = value.Length <= KafkaSlabs.ValueBytesMax;
        if (isKept)
        {
            var place = _slabs.TryKeep(value, record.Position, _window);
            if (place == null) return Withdraw(record.Position);
            value = new ReadOnlySpan<byte>(place, value.Length);
        }

        var error = _producer!.Send(
            lane.Topics[step], lane.Key, value, isKept,
            _options.AsJson ? KafkaHeaders.JsonSchema : KafkaHeaders.ProtobufSchema, identity, record.Position);
        if (error == 0) return true;
        if (error == KafkaError.QueueFull) return Withdraw(record.Position);
        var topic = _topics.Find(record.Source, record.Severity);
        if (!KafkaError.IsOfMessage(error)) throw new OutputException(Sentence(error, topic));
        // The library looked at this message alone.
        Refuse(record.Position, error, topic, lane.Key, value, identity);
        return true;
    }

    private bool Withdraw(ulong position)
    {
        _window.Withdraw(position);
        return false;
    }

    private string Sentence(int error, string topic) => KafkaError.Sentence(
        error, KafkaError.Text(error), _options.Place, _options.Brokers, topic);

    /// <summary>The record stays under way until its letter is kept.</summary>
    private void Refuse(
        ulong position, int error, string topic, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value,
        ReadOnlySpan<byte> identity) => _refused.Add(new DeadLetter
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
        if (_refused.Count == 0) return false;
        var letters = _refused;
        _refused = [];
        await _letters.AddAsync(letters, cancellationToken).ConfigureAwait(false);
        foreach (var letter in letters) _window.Deliver(letter.Position);
        return true;
    }

    private async ValueTask WaitAsync(int below, CancellationToken cancellationToken)
    {
        using var woken = cancellationToken.UnsafeRegister(static signal => ((AsyncSignal)signal!).Set(), _changed);
        while (true)
        {
            _producer!.TakeReports();
            Check();
            if (_window.Count < below) break;
            cancellationToken.ThrowIfCancellationRequested();
            if (await TryKeepRefusedAsync(cancellationToken).ConfigureAwait(false)) continue;
            await _changed.WaitAsync(LookAfter).ConfigureAwait(false);
            await LookAsync().ConfigureAwait(false);
            Tell();
        }

        // What comes after a pause has not waited since before it.
        if (_window.Count == 0) _stalledSince = 0;
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

    private KafkaLane Lane(Source source)
    {
        if (_lanes.TryGetValue(source, out var lane)) return lane;
        if (_lanes.Count >= KafkaSinkOptions.TopicsMax) _lanes.Clear();
        lane = new KafkaLane(source);
        _lanes.Add(source, lane);
        return lane;
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
