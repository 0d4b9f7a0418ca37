using System.Collections.Concurrent;
using System.Security.Cryptography;
using Culvert.Collector.Intake;
using Culvert.Records;

namespace Culvert.Collector.Inputs.Http;

/// <summary>Hands the records of requests to the intake and answers when they are durable. Any thread.</summary>
/// <remarks>
/// Records that come over HTTP have no identity, so the collector numbers them. Each request has a producer of its own
/// while it runs, taken from a pool: requests then need no lock to keep their numbers in order. A producer whose batch
/// was not taken is not used again, because the numbers of that batch would look like records that were lost.
/// </remarks>
internal sealed class HttpIntake(string input, IIntake intake, TimeProvider time)
{
    private readonly ConcurrentBag<InputProducer> _producers = [];
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _underWay = 1;
    private int _stopping;

    /// <summary>Begins a request; false when the input is stopping. What began must be ended.</summary>
    public bool TryBegin()
    {
        // Counted first, looked at second; Stop does it the other way round, so that one of the two sees the other.
        Interlocked.Increment(ref _underWay);
        if (Volatile.Read(ref _stopping) == 0) return true;
        End();
        return false;
    }

    public void End()
    {
        if (Interlocked.Decrement(ref _underWay) == 0) _drained.TrySetResult();
    }

    /// <summary>Lets no further request begin and waits for those that did.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _stopping, 1) == 0) End();
        return _drained.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Hands over all batches and waits for their fsync.</summary>
    /// <returns>Durable when every batch is; otherwise the first other outcome. <paramref name="batches"/> may be
    /// reused.</returns>
    public async ValueTask<IntakeResult> AcceptAsync(RecordBatches batches, ReadOnlyMemory<byte> origin)
    {
        if (batches.Count == 0) return new IntakeResult(IntakeStatus.Durable, 0);
        if (!_producers.TryTake(out var producer)) producer = NewProducer();
        var observed = UnixTime.NowNs(time);
        var pending = new Queue<Task<IntakeResult>>();
        var outcome = new IntakeResult(IntakeStatus.Durable, 0);
        for (var i = 0; i < batches.Count || pending.Count > 0; i++)
        {
            if (i < batches.Count && outcome.Status == IntakeStatus.Durable)
                pending.Enqueue(Give(batches, i, producer, observed, origin).AsTask());
            if (i < batches.Count && pending.Count < HttpInputLimits.BatchesInFlightMax) continue;
            if (!pending.TryDequeue(out var oldest)) continue;
            var result = await oldest.ConfigureAwait(false);
            if (outcome.Status == IntakeStatus.Durable && result.Status != IntakeStatus.Durable) outcome = result;
        }

        if (outcome.Status == IntakeStatus.Durable) _producers.Add(producer);
        return outcome;
    }

    // The sender's own cancellation is not passed on: a batch that was read whole is kept, whether or not the sender
    // waits for the answer.
    private ValueTask<IntakeResult> Give(
        RecordBatches batches, int index, InputProducer producer, long observed, ReadOnlyMemory<byte> origin) =>
        intake.AcceptAsync(new IntakeBatch
        {
            Input = input,
            Producer = producer.Id,
            FirstSequence = producer.Take(batches.RecordsOf(index)),
            ObservedNs = observed,
            Origin = origin.Span,
            Records = batches.Batch(index).Span,
        });

    private static InputProducer NewProducer()
    {
        Span<byte> id = stackalloc byte[16];
        RandomNumberGenerator.Fill(id);
        return new InputProducer(BitConverter.ToUInt128(id), 1);
    }
}
