using Culvert.Collector.Intake;
using Culvert.Records;

namespace Culvert.Collector.Tests.Inputs;

/// <summary>Validates and counts, where there are too many records to be kept.</summary>
internal sealed class CountingIntake(long target = long.MaxValue) : IIntake
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    /// <summary>Completes when that many records were taken.</summary>
    public Task Reached => _reached.Task.WaitAsync(TimeSpan.FromSeconds(120));

    public ValueTask<IntakeResult> AcceptAsync(in IntakeBatch batch, CancellationToken cancellationToken = default)
    {
        if (!RecordBatchReader.Validate(batch.Records, out var count, out var gaps, out var problem))
            throw new InvalidDataException(problem);
        if (Interlocked.Add(ref _count, count) >= target) _reached.TrySetResult();
        return ValueTask.FromResult(
            new IntakeResult(IntakeStatus.Durable, batch.FirstSequence - 1 + (ulong)count + gaps));
    }

    public ulong DurableSequence(ProducerId producer) => 0;
}
