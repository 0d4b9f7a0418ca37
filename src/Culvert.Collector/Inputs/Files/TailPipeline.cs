using Culvert.Collector.Intake;
using Culvert.Records;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Inputs.Files;

/// <summary>
/// The batches that are with the intake, in the order they were given. Positions move in that order, after the fsync.
/// While the intake is full nothing new is read; what it refused is given again in order. One thread at a time.
/// </summary>
internal sealed class TailPipeline(InputContext context, byte[] origin)
{
    private readonly ILogger _logger = context.Loggers.CreateLogger<TailPipeline>();
    private readonly Queue<TailBatch> _batches = [];

    /// <summary>What has done its work and may be used again.</summary>
    public required Action<TailBatch> Done { get; init; }

    /// <summary>Whether the intake said that the collector is stopping; nothing more is given then.</summary>
    public bool IsStopping { get; private set; }

    public void Give(TailBatch batch)
    {
        _batches.Enqueue(batch);
        if (!IsStopping) batch.Answer = Accept(batch);
    }

    /// <summary>Waits until there is room for the batches of one turn.</summary>
    public ValueTask MakeRoomAsync(CancellationToken cancellationToken) =>
        ReduceAsync(FilesLimits.BatchesInFlightMax - 1, cancellationToken);

    /// <summary>Waits until every batch is durable.</summary>
    public ValueTask DrainAsync(CancellationToken cancellationToken) => ReduceAsync(0, cancellationToken);

    private async ValueTask ReduceAsync(int count, CancellationToken cancellationToken)
    {
        while (!IsStopping && (_batches.Count > count || _batches.TryPeek(out var first) && first.Answer.IsCompleted))
        {
            var batch = _batches.Peek();
            var result = await batch.Answer.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (result.Status == IntakeStatus.Full)
            {
                await RepeatAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            if (result.Status == IntakeStatus.Stopping)
            {
                IsStopping = true;
                return;
            }

            if (result.Status == IntakeStatus.Malformed) _logger.Refused(batch.Tail.Path, result.Message);
            if (batch.Position is { } position) batch.Tail.Acknowledge(batch.Producer, position);
            Done(_batches.Dequeue());
        }
    }

    // The intake refuses all later batches of a producer too, until the refused one is given again; so all answers are
    // awaited, and then the refused ones given in order.
    private async ValueTask RepeatAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(FilesLimits.FullRetryDelay, context.Time, cancellationToken).ConfigureAwait(false);
        foreach (var batch in _batches)
        {
            var result = await batch.Answer.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (result.Status == IntakeStatus.Full) batch.Answer = Accept(batch);
        }
    }

    private Task<IntakeResult> Accept(TailBatch batch) => context.Intake.AcceptAsync(new IntakeBatch
    {
        Input = context.Name,
        Producer = batch.Producer,
        FirstSequence = batch.FirstSequence,
        ObservedNs = UnixTime.NowNs(context.Time),
        Origin = origin,
        Records = batch.Bytes.WrittenSpan,
    }).AsTask();
}
