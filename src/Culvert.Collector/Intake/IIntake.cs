namespace Culvert.Collector.Intake;

/// <summary>
/// The door of the spool, through which every input hands its records. It counts them in the ledger, removes
/// duplicates, writes to the spool, and answers when the records are durable.
/// </summary>
/// <remarks>Any thread; calls may overlap. Batches of one (producer, epoch) must be given in the order of their
/// sequences, but need not be awaited one by one: give the next while the fsync of the last is under way.
/// <para>Once a batch was answered <see cref="IntakeStatus.Full"/>, later batches of the same (producer, epoch) are
/// answered Full as well, until the refused one, or one that begins before it, is given again. Otherwise a batch given
/// while the refusal was on its way would be taken, and the refused records would then pass for duplicates and be
/// lost.</para></remarks>
internal interface IIntake
{
    /// <summary>
    /// Takes a batch. The bytes are copied before the first await, so the caller may reuse them as soon as the call
    /// returned its task. The task completes after the fsync that covers the batch.
    /// </summary>
    ValueTask<IntakeResult> AcceptAsync(in IntakeBatch batch, CancellationToken cancellationToken = default);

    /// <summary>The highest sequence of this producer and epoch that is durable, or 0: what a native client is told
    /// when it connects again, so that it sends only what is above.</summary>
    ulong DurableSequence(ProducerId producer);
}
