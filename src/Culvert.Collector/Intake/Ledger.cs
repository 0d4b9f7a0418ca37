namespace Culvert.Collector.Intake;

/// <summary>Counts what became of every record, by input and by source. Any thread.</summary>
internal sealed class Ledger
{
    /// <summary>Counts records that an input received and could not hand to the intake.</summary>
    public void CountDropped(string input, DropReason reason, long records)
    {
    }

    /// <summary>Counts records that were kept, but not as they came: cut, repaired or taken as plain text. They are among
    /// the received ones; nothing is subtracted for them.</summary>
    public void CountMended(string input, MendReason reason, long records)
    {
    }

    /// <summary>Notes what a producer says of itself: the highest sequence it gave, and what it dropped, by level from
    /// trace to fatal, cumulative for the epoch.</summary>
    public void NoteReport(string input, ProducerId producer, string service, ulong produced, ReadOnlySpan<ulong> droppedByLevel)
    {
    }
}
