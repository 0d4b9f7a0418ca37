namespace Culvert.Collector.Intake;

/// <summary>What became of a batch.</summary>
/// <param name="Status">The outcome.</param>
/// <param name="LastSequence">With <see cref="IntakeStatus.Durable"/>: all up to here is safe, or was dropped and
/// counted, and may be acknowledged.</param>
/// <param name="Message">A sentence for a person, for the outcomes that are not Durable.</param>
internal readonly record struct IntakeResult(IntakeStatus Status, ulong LastSequence, string? Message = null);

/// <summary>The outcomes of handing over a batch.</summary>
internal enum IntakeStatus
{
    /// <summary>Fsynced, or all of it duplicates of what is, or shed and counted.</summary>
    Durable,

    /// <summary>The disk is full: nothing of it was taken, and it was not acknowledged. Try again later.</summary>
    Full,

    /// <summary>The bytes are no batch. Counted as malformed; do not send them again.</summary>
    Malformed,

    /// <summary>The collector is stopping.</summary>
    Stopping,
}
