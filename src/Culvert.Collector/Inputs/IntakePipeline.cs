using Culvert.Collector.Intake;
using Culvert.Records;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Inputs;

/// <summary>
/// Hands the batches of one sender to the intake in order: several are under way at a time, a bounded number, and the
/// next waits. While the disk is full it holds them and tries again, so that nothing is lost and the
/// sender waits.
/// </summary>
/// <remarks>One caller adds. The answers come on another thread.</remarks>
internal sealed class IntakePipeline
{
    private readonly Lock _gate = new();
    private readonly Queue<Pending> _pending = new();
    private readonly SemaphoreSlim _roomSignal = new(0, 1);
    private readonly SemaphoreSlim _itemSignal = new(0, 1);
    private readonly CancellationTokenSource _abandoned = new();
    private readonly InputContext _context;
    private readonly ILogger _logger;
    private readonly InFlightBudget _budget;
    private readonly int _batchesMax;
    private readonly Func<ulong, ValueTask>? _onDurable;
    private readonly Task<string?> _ended;
    private long _bytes;
    private bool _isHolding;
    private bool _isCompleted;
    private string _abandonReason = "";

    /// <param name="context">Of the input.</param>
    /// <param name="budget">Shared by the connections of the input.</param>
    /// <param name="onDurable">Called with the number of the highest batch that is durable, once for all answers that
    /// are there; one call at a time.</param>
    /// <param name="batchesMax">How many are under way at a time.</param>
    public IntakePipeline(
        InputContext context, InFlightBudget budget, Func<ulong, ValueTask>? onDurable = null,
        int batchesMax = InputLimits.InFlightBatchesMax)
    {
        _context = context;
        _logger = context.Loggers.CreateLogger(typeof(IntakePipeline).FullName!);
        _budget = budget;
        _batchesMax = batchesMax;
        _onDurable = onDurable;
        _ended = Task.Run(RunAsync);
    }

    /// <summary>Completes when all was answered after <see cref="Complete"/>, with null, or as soon as the intake will
    /// take no more, with a sentence that says why. Faults when the callback does.</summary>
    public Task<string?> Ended => _ended;

    /// <summary>Hands over a batch, which is disposed of here; waits for room. False when the pipeline has
    /// ended.</summary>
    /// <param name="batch">The records.</param>
    /// <param name="producer">Who numbers them.</param>
    /// <param name="firstSequence">The sequence of the first.</param>
    /// <param name="origin">What the collector knows of the sender, encoded; not changed afterwards.</param>
    /// <param name="cancellationToken">Ends the wait; the batch is then not handed over.</param>
    /// <param name="number">What is told when it is durable; without one, its last sequence.</param>
    public async ValueTask<bool> AddAsync(
        PooledBatch batch, ProducerId producer, ulong firstSequence, byte[] origin,
        CancellationToken cancellationToken, ulong? number = null)
    {
        var pending = new Pending(batch, producer, firstSequence, origin, number);
        while (true)
        {
            lock (_gate)
            {
                if (_isCompleted) break;
                if (TryEnqueue(pending)) return true;
            }

            try
            {
                await _roomSignal.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                LeaveBehind(batch);
                throw;
            }
        }

        LeaveBehind(batch);
        return false;
    }

    /// <summary>Says that nothing more will be added.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isCompleted = true;
            Signal(_itemSignal);
        }
    }

    /// <summary>Ends it without waiting for a full disk or a callback; what is held is left behind.</summary>
    public void Abandon(string reason)
    {
        _abandonReason = reason;
        _abandoned.Cancel();
        Complete();
    }

    private static void Signal(SemaphoreSlim signal)
    {
        // Under the lock, so the count cannot rise in between.
        if (signal.CurrentCount == 0) signal.Release();
    }

    private bool TryEnqueue(Pending pending)
    {
        var batch = pending.Batch;
        var isFull = _pending.Count > 0
            && (_pending.Count >= _batchesMax || _bytes + batch.Length > InputLimits.InFlightBytesMax
                || !_budget.HasRoom(batch.Length));
        if (isFull) return false;

        pending.ObservedNs = UnixTime.NowNs(_context.Time);
        if (!_isHolding) pending.Answer = Give(pending);
        _pending.Enqueue(pending);
        _bytes += batch.Length;
        _budget.Add(batch.Length);
        Signal(_itemSignal);
        return true;
    }

    private Task<IntakeResult> Give(Pending pending) => _context.Intake.AcceptAsync(new IntakeBatch
    {
        Input = _context.Name,
        Producer = pending.Producer,
        FirstSequence = pending.FirstSequence,
        ObservedNs = pending.ObservedNs,
        Origin = pending.Origin,
        Records = pending.Batch.Bytes,
    }).AsTask();

    private async Task<string?> RunAsync()
    {
        try
        {
            while (await NextAsync().ConfigureAwait(false) is { } pending)
            {
                var result = await AnswerAsync(pending).ConfigureAwait(false);
                if (result.Status != IntakeStatus.Durable) return result.Message ?? "The collector is stopping.";
                if (Dequeue() || _onDurable is null) continue;
                var number = pending.Number ?? result.LastSequence;
                await _onDurable(number).AsTask().WaitAsync(_abandoned.Token).ConfigureAwait(false);
            }

            return null;
        }
        catch (OperationCanceledException) when (_abandoned.IsCancellationRequested)
        {
            return _abandonReason;
        }
        finally
        {
            await LeaveRestBehindAsync().ConfigureAwait(false);
        }
    }

    private async Task<Pending?> NextAsync()
    {
        while (true)
        {
            lock (_gate)
            {
                if (_pending.TryPeek(out var next)) return next;
                _isHolding = false;
                if (_isCompleted) return null;
            }

            await _itemSignal.WaitAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The answer to the oldest batch, which is given again until the disk has room.</summary>
    private async Task<IntakeResult> AnswerAsync(Pending pending)
    {
        var wait = InputLimits.FullRetryFirst;
        // Given when the one before it was: refused with it, as the same producer's, or taken, as another's.
        var isOld = _isHolding && pending.Answer is not null;
        while (true)
        {
            pending.Answer ??= Give(pending);
            var result = await pending.Answer.WaitAsync(_abandoned.Token).ConfigureAwait(false);
            if (result.Status != IntakeStatus.Full) return result;
            pending.Answer = null;
            if (isOld)
            {
                isOld = false;
                continue;
            }

            // From here until the queue is empty batches are given one by one: those already given behind this one were
            // refused too (see IIntake), and a new one must not overtake them.
            if (!_isHolding) InputLog.Holding(_logger, _context.Name, result.Message ?? "no room");
            lock (_gate) _isHolding = true;
            await Task.Delay(wait, _context.Time, _abandoned.Token).ConfigureAwait(false);
            wait = TimeSpan.FromTicks(Math.Min(wait.Ticks * 2, InputLimits.FullRetryMax.Ticks));
        }
    }

    /// <summary>Takes the oldest batch off; true when the next one is answered as well, so that one word serves for
    /// both.</summary>
    private bool Dequeue()
    {
        lock (_gate)
        {
            Release(_pending.Dequeue());
            Signal(_roomSignal);
            return !_isHolding && _pending.TryPeek(out var next)
                && next.Answer is { IsCompletedSuccessfully: true, Result.Status: IntakeStatus.Durable };
        }
    }

    private void Release(Pending pending)
    {
        _bytes -= pending.Batch.Length;
        _budget.Remove(pending.Batch.Length);
        pending.Batch.Dispose();
    }

    private async Task LeaveRestBehindAsync()
    {
        Pending[] rest;
        lock (_gate)
        {
            _isCompleted = true;
            rest = [.. _pending];
            _pending.Clear();
            Signal(_roomSignal);
        }

        // Those under way may still become durable, and must then not be counted as dropped.
        var answers = Task.WhenAll(rest.Where(p => p.Answer is not null).Select(p => p.Answer!));
        await Task.WhenAny(answers, Task.Delay(InputLimits.FarewellTimeout, _context.Time)).ConfigureAwait(false);
        _ = answers.ContinueWith(static t => _ = t.Exception, TaskScheduler.Default);
        foreach (var pending in rest)
        {
            var wasTaken = pending.Answer is { IsCompletedSuccessfully: true, Result.Status: IntakeStatus.Durable };
            if (!wasTaken) CountLeftBehind(pending.Batch.RecordCount);
            Release(pending);
        }
    }

    private void LeaveBehind(PooledBatch batch)
    {
        CountLeftBehind(batch.RecordCount);
        batch.Dispose();
    }

    // The count is known only of records that have no other home: a native client keeps and sends its own again.
    private void CountLeftBehind(int records)
    {
        if (records == 0) return;
        _context.Ledger.CountDropped(_context.Name, _isHolding ? DropReason.DiskFull : DropReason.Stopped, records);
        InputLog.LeftBehind(_logger, _context.Name, records);
    }

    private sealed class Pending(
        PooledBatch batch, ProducerId producer, ulong firstSequence, byte[] origin, ulong? number)
    {
        public PooledBatch Batch { get; } = batch;

        public ProducerId Producer { get; } = producer;

        public ulong FirstSequence { get; } = firstSequence;

        public byte[] Origin { get; } = origin;

        public ulong? Number { get; } = number;

        public long ObservedNs { get; set; }

        public Task<IntakeResult>? Answer { get; set; }
    }
}
