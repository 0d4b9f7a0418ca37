namespace Culvert.Collector.Intake;

/// <summary>
/// The door of the spool, through which every input hands its records. It counts them in the ledger, removes duplicates,
/// writes to the spool, and answers when the records are durable.
/// </summary>
/// <remarks>Any thread; calls may overlap. Batches of one (producer, epoch) must be given in the order of their
/// sequences, but need not be awaited one by one: give the next while the fsync of the last is under way.</remarks>
internal interface IIntake
{
    /// <summary>
    /// Takes a batch. The bytes are copied before the first await, so the caller may reuse them as soon as the call
    /// returned its task. The task completes after the fsync that covers the batch.
    /// </summary>
    ValueTask<IntakeResult> AcceptAsync(in IntakeBatch batch, CancellationToken cancellationToken = default);
}
