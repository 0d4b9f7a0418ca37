using Culvert.Collector.Outputs;
using Culvert.Collector.Outputs.Kafka;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Consuming;

/// <summary>
/// One member of a consumer group: reads the partitions that the group gives it into the queue, commits what is safe,
/// hands partitions over when the group asks, and comes back after failures. It has a thread of its own.
/// </summary>
internal sealed class GroupMember : IKafkaMember
{
    private const int PollMs = 50;
    private const int AskMs = 1_000;

    private readonly ConsumerOptions _options;
    private readonly ConsumeTarget _target;
    private readonly ConsumedQueue _queue;
    private readonly DeadLetterTopic _letters;
    private readonly OutputStatus _status;
    private readonly ConsumerCounts _counts;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly MessageDecoder _decoder;
    private readonly MessageIdentity _identities = new();
    private readonly Dictionary<KafkaPartition, int> _assigned = [];
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _stop = new();
    private readonly ManualResetEventSlim _leave = new();
    private KafkaConsumer? _consumer;
    private bool _isPaused;
    private long _stalledSince, _committedAt, _askedAt;
    private int _troubleRank = -1;

    public GroupMember(
        ConsumerOptions options, ConsumeTarget target, ConsumedQueue queue, DeadLetterTopic letters,
        OutputStatus status, ConsumerCounts counts, ILogger logger, TimeProvider time)
    {
        (_options, _target, _queue, _letters, _status) = (options, target, queue, letters, status);
        (_counts, _logger, _time) = (counts, logger, time);
        _decoder = new MessageDecoder(time);
        _thread = new Thread(Run) { IsBackground = true, Name = "culvert consume" };
    }

    public void Start() => _thread.Start();

    /// <summary>Reads no more; the partitions stay the member's, so that what was read can be made safe.</summary>
    public void StopReading() => _stop.Set();

    /// <summary>Commits what is safe and leaves the group.</summary>
    public async Task LeaveAsync()
    {
        _stop.Set();
        _leave.Set();
        await _ended.Task.ConfigureAwait(false);
    }

    public IReadOnlyList<KafkaOffset> Assigned(IReadOnlyList<KafkaPartition> partitions)
    {
        var number = _queue.Assign(partitions);
        foreach (var partition in partitions) _assigned[partition] = number;
        // Those that were assigned before may be paused, and the new ones are not.
        Resume();
        ConsumeLog.Assigned(_logger, _options.Group, string.Join(' ', partitions), _assigned.Count);
        Runs();
        _counts.Assign(_assigned.Keys);
        return [.. partitions.Select(partition => new KafkaOffset(partition, _target.Begin(partition)))];
    }

    public void Revoked(IReadOnlyList<KafkaPartition> partitions, bool areLost)
    {
        ConsumeLog.Revoked(_logger, _options.Group, string.Join(' ', partitions), areLost);
        // At the end everything that could be made safe is, and nobody must wait longer for the partitions.
        if (!areLost && !_leave.IsSet) _queue.WaitFor(partitions, ConsumeLimits.RevokeWithin, _time);
        if (!areLost) Commit(waits: true);
        _queue.Unassign(partitions);
        foreach (var partition in partitions) _assigned.Remove(partition);
        _counts.Assign(_assigned.Keys);
    }

    public void Troubled(int error, string reason, string topic)
    {
        if (KafkaError.Rank(error) < _troubleRank) return;
        _troubleRank = KafkaError.Rank(error);
        var sentence = KafkaError.Sentence(error, reason, "consume", _options.Brokers, topic, isReading: true);
        if (_status.Trouble(sentence)) ConsumeLog.Troubled(_logger, _options.Group, sentence);
    }

    private void Run()
    {
        var delay = new Culvert.Shipping.ReconnectDelay(
            Random.Shared, OutputLimits.RetryDelayMin, OutputLimits.RetryDelayMax);
        while (!_leave.IsSet)
        {
            try
            {
                RunConsumer();
            }
            catch (OutputException exception)
            {
                if (_status.Trouble(exception.Message))
                    ConsumeLog.Troubled(_logger, _options.Group, exception.Message);
                _status.CountRetry();
                _leave.Wait(delay.Next());
            }
            catch (Exception exception)
            {
                // Whatever it was: a member that ends unseen would look healthy and read nothing.
                _status.Trouble($"The consumer failed: {exception.Message}");
                ConsumeLog.Troubled(_logger, _options.Group, exception.ToString());
                _status.CountRetry();
                _leave.Wait(delay.Next());
            }
        }

        _decoder.Dispose();
        _ended.TrySetResult();
    }

    private void RunConsumer()
    {
        using var consumer = new KafkaConsumer(_options.ReaderSettings, this);
        _consumer = consumer;
        try
        {
            consumer.Subscribe(_options.Topics);
            while (!_stop.IsSet)
            {
                if (MayRead() && consumer.Poll(_isPaused ? PollMs * 4 : PollMs, out _) is { } message) Take(message);
                LookAround();
            }

            _leave.Wait();
            Commit(waits: true);
        }
        finally
        {
            // What is still under way of them is nobody's to commit here: the group gives them anew.
            _queue.Unassign([.. _assigned.Keys]);
            _assigned.Clear();
            _isPaused = false;
        }
    }

    /// <summary>Whether to poll now. A short stall waits here; in a longer one the partitions are paused and polling
    /// goes on, because the group takes a member for dead that does not poll.</summary>
    private bool MayRead()
    {
        if (_isPaused)
        {
            if (_queue.HasRoom) Resume();
            return true;
        }

        if (!_queue.IsFull) return true;
        if (_stalledSince == 0) _stalledSince = _time.GetTimestamp();
        if (_queue.WaitForRoom(TimeSpan.FromMilliseconds(PollMs * 4), _time))
        {
            _stalledSince = 0;
            return true;
        }

        if (_time.GetElapsedTime(_stalledSince) < ConsumeLimits.PauseAfter) return false;
        _consumer!.Pause(_assigned.Keys);
        _isPaused = true;
        _counts.IsPaused = true;
        return true;
    }

    private void Resume()
    {
        if (_isPaused) _consumer!.Resume(_assigned.Keys);
        (_isPaused, _stalledSince, _counts.IsPaused) = (false, 0, false);
    }

    private void Take(KafkaReceived message)
    {
        if (!_assigned.TryGetValue(message.Partition, out var assignment)) return;
        if (_troubleRank >= 0) Runs();
        _counts.Read(message.Partition, message.Offset);
        var entries = _decoder.Decode(message, out var reason, out var problem);
        if (entries.Count == 0)
        {
            var dead = new ConsumedItem(message, []) { Assignment = assignment, IsSettled = false };
            _queue.Add(dead);
            _ = _letters.SettleAsync(dead, reason, problem);
            return;
        }

        var isDouble = Identify(message, entries, out var mark);
        if (isDouble) _counts.Duplicate(entries.Sum(entry => entry.RecordCount));
        else _counts.Records(entries.Sum(entry => entry.RecordCount));
        _queue.Add(new ConsumedItem(message, isDouble ? [] : entries) { Assignment = assignment, Mark = mark });
    }

    /// <summary>Numbers the records; true when they came before and the target cannot tell by itself.</summary>
    private bool Identify(KafkaReceived message, List<ConsumedEntry> entries, out ProducerMark? mark)
    {
        var isNamed = MessageDecoder.TryReadIdentity(message, out var producer, out var sequence)
            && entries is [{ RecordCount: 1 }];
        // What a person sent again is below what came since; by its place it is new.
        if (!isNamed || (_target.TellsByHighest && message.Header(KafkaHeaders.ReplayedName) is not null))
            (producer, sequence) = _identities.OfPlace(message.Partition, message.Offset);
        else if (_target.TellsByHighest)
            producer = _identities.Share(message.Partition, producer);

        for (var i = 0; i < entries.Count; i++)
        {
            entries[i] = entries[i] with { Producer = producer, FirstSequence = sequence };
            sequence += (ulong)entries[i].RecordCount;
        }

        mark = null;
        if (_target.Marks is not { } marks) return false;
        var last = sequence - 1;
        if (marks.Highest(producer) >= last) return true;
        mark = new ProducerMark(producer, last);
        marks.Advance(mark.Value);
        return false;
    }

    private void LookAround()
    {
        if (_time.GetElapsedTime(_committedAt) >= ConsumeLimits.CommitInterval)
        {
            _committedAt = _time.GetTimestamp();
            Commit(waits: false);
            Measure();
        }

        if (_troubleRank < 0 || _time.GetElapsedTime(_askedAt) < ConsumeLimits.AskInterval) return;
        _askedAt = _time.GetTimestamp();
        if (_assigned.Count > 0 && Answers(_assigned.Keys.First())) Runs();
    }

    /// <summary>Notes where each partition ends, and at first where reading began, so that the lag is known before a
    /// message comes.</summary>
    private void Measure()
    {
        foreach (var partition in _assigned.Keys)
        {
            if (_consumer!.Range(partition) is not { } range) continue;
            if (!_counts.HasBegun(partition))
            {
                var begin = _target.Begin(partition);
                if (begin == KafkaOffset.Stored) begin = Committed(partition);
                _counts.Safe(partition, Math.Max(range.First, begin));
            }

            _counts.End(partition, range.End);
        }
    }

    private long Committed(KafkaPartition partition)
    {
        try
        {
            return _consumer!.Committed([partition], AskMs)[0].Offset;
        }
        catch (OutputException)
        {
            // It is asked again soon; until then the lag may look larger than it is.
            return KafkaOffset.None;
        }
    }

    /// <summary>The library does not say when a broker is back, and an idle topic brings no message that
    /// would.</summary>
    private bool Answers(KafkaPartition partition)
    {
        try
        {
            _consumer!.AskRange(partition, AskMs);
            return true;
        }
        catch (OutputException)
        {
            return false;
        }
    }

    private void Commit(bool waits)
    {
        var safe = _queue.TakeSafe();
        foreach (var (partition, offset) in safe) _counts.Safe(partition, offset);
        if (_consumer!.Commit(safe, waits) is not { } problem) return;
        _queue.PutBack(safe);
        ConsumeLog.CommitFailed(_logger, _options.Group, problem);
    }

    private void Runs()
    {
        _troubleRank = -1;
        _status.Running();
    }
}
