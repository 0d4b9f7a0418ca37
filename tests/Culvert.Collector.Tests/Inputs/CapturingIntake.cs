using Culvert.Collector.Intake;
using Culvert.Records;

namespace Culvert.Collector.Tests.Inputs;

/// <summary>An intake that keeps what it is given, removes duplicates as the real one does, and can be made full or
/// slow.</summary>
internal sealed class CapturingIntake : IIntake
{
    private readonly Lock _lock = new();
    private readonly List<CapturedRecord> _records = [];
    private readonly Dictionary<ProducerId, ulong> _highest = [];
    private readonly Dictionary<ProducerId, ulong> _refused = [];
    private IntakeStatus _answer = IntakeStatus.Durable;
    private TaskCompletionSource? _gate;
    private (int Count, TaskCompletionSource Reached)? _waiter;

    public IReadOnlyList<CapturedRecord> Records
    {
        get
        {
            lock (_lock) return [.. _records];
        }
    }

    public IReadOnlyList<string> Bodies => [.. Records.Select(record => record.Body)];

    public int DuplicateCount { get; private set; }

    public int CallCount { get; private set; }

    /// <summary>Called with the number of records after each batch.</summary>
    public Action<int>? Taken { get; set; }

    /// <summary>What is answered from now on; nothing is taken unless it is Durable.</summary>
    public IntakeStatus Answer
    {
        set
        {
            lock (_lock) _answer = value;
        }
    }

    /// <summary>Answers nothing until the gate is opened: an fsync that takes long.</summary>
    public TaskCompletionSource Hold()
    {
        lock (_lock) return _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Completes when that many records were taken.</summary>
    public Task WaitForAsync(int count)
    {
        lock (_lock)
        {
            if (_records.Count >= count) return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiter = (count, reached);
            return reached.Task.WaitAsync(TimeSpan.FromSeconds(20));
        }
    }

    public ValueTask<IntakeResult> AcceptAsync(in IntakeBatch batch, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            CallCount++;
            if (_answer != IntakeStatus.Durable || IsBehindRefused(batch))
            {
                if (_answer != IntakeStatus.Malformed) _refused.TryAdd(batch.Producer, batch.FirstSequence);
                var answer = _answer == IntakeStatus.Durable ? IntakeStatus.Full : _answer;
                return ValueTask.FromResult(new IntakeResult(answer, 0, "The disk is full."));
            }

            _refused.Remove(batch.Producer);
            if (!RecordBatchReader.Validate(batch.Records, out _, out _,
                out var problem)) throw new InvalidDataException(problem);
            var last = Take(batch);
            Taken?.Invoke(_records.Count);
            var result = new IntakeResult(IntakeStatus.Durable, last);
            return _gate is { } gate ? WaitAsync(gate.Task, result) : ValueTask.FromResult(result);
        }
    }

    public ulong DurableSequence(ProducerId producer)
    {
        lock (_lock) return _highest.GetValueOrDefault(producer);
    }

    /// <summary>As IIntake promises: what comes behind a refused batch is refused until that one is given
    /// again.</summary>
    private bool IsBehindRefused(in IntakeBatch batch) =>
        _refused.TryGetValue(batch.Producer, out var refused) && batch.FirstSequence > refused;

    private static async ValueTask<IntakeResult> WaitAsync(Task gate, IntakeResult result)
    {
        await gate.ConfigureAwait(false);
        return result;
    }

    private ulong Take(in IntakeBatch batch)
    {
        Assert.True(RecordBatchReader.TryOpen(batch.Records, out var reader, out _));
        var highest = _highest.GetValueOrDefault(batch.Producer);
        var sequence = batch.FirstSequence - 1;
        while (reader.TryRead(out var record))
        {
            sequence += 1 + record.Gap;
            if (sequence <= highest)
            {
                DuplicateCount++;
                continue;
            }

            var resource = reader.Resource(record.Resource);
            _records.Add(CapturedRecord.From(record, batch.Producer, sequence, resource,
                AttributeList.Read(batch.Origin)));
        }

        _highest[batch.Producer] = Math.Max(highest, sequence);
        if (_waiter is { } waiter && _records.Count >= waiter.Count) waiter.Reached.TrySetResult();
        return sequence;
    }
}
