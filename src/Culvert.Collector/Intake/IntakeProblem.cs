using Culvert.Collector.Spool;
using Culvert.Records;

namespace Culvert.Collector.Intake;

/// <summary>What else can be wrong with a batch whose bytes are well-formed.</summary>
internal static class IntakeProblem
{
    public static string? Of(in IntakeBatch batch, int count, ulong gaps)
    {
        if (batch.Records.Length > RecordLimits.BatchBytesMax)
            return $"The batch is over {RecordLimits.BatchBytesMax} bytes.";
        if (batch.Origin.Length > SpoolLimits.OriginBytesMax)
            return $"The batch's origin is over {SpoolLimits.OriginBytesMax} bytes.";
        if (count > 0 && batch.FirstSequence == 0) return "The batch begins at sequence 0; sequences begin at 1.";
        return gaps > ulong.MaxValue - batch.FirstSequence - (ulong)count 
            ? "The batch's sequences are over 64 bits."
            : null;
    }
}
