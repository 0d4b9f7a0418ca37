namespace Culvert.Journals;

/// <summary>What a reader took from a journal in one go.</summary>
/// <param name="FirstSequence">As the native protocol gives it: the gap before the first record is not counted.</param>
/// <param name="LastSequence">Of the last frame, be it a record or not.</param>
/// <param name="LastRecordSequence">Of the last record in the batch.</param>
/// <param name="EndPosition">Where the next one begins.</param>
/// <param name="Records">How many are in the batch.</param>
/// <param name="Malformed">How many were left out, since they are no records.</param>
/// <param name="Abandoned">How many places a dead thread had taken and not committed.</param>
internal readonly record struct JournalBatch(
    ulong FirstSequence, ulong LastSequence, ulong LastRecordSequence, ulong EndPosition, int Records, int Malformed,
    int Abandoned)
{
    /// <summary>Whether there was nothing to read.</summary>
    public bool IsEmpty => Records + Malformed + Abandoned == 0;
}
