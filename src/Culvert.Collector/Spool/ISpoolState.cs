namespace Culvert.Collector.Spool;

/// <summary>
/// What is kept with the spool's checkpoint and grows with its entries: the ledger and the table of duplicates. The
/// spool knows nothing of its content.
/// </summary>
internal interface ISpoolState
{
    /// <summary>The one lock over the state and the spool's own positions and cursors, so that both are always seen
    /// together: without it a snapshot could count a record as spooled and not yet as waiting.</summary>
    Lock Gate { get; }

    /// <summary>A number that changes whenever there is something new to save. Under the gate.</summary>
    long Version { get; }

    /// <summary>Writes the state, in at most so many bytes. Under the gate.</summary>
    void Save(Culvert.Records.RecordBuffer buffer, int bytesMax);

    /// <summary>Reads what <see cref="Save"/> wrote. Before the spool is open.</summary>
    void Load(ReadOnlySpan<byte> saved);

    /// <summary>Counts again an entry that was appended after the checkpoint. Before the spool is open.</summary>
    void Replay(in SpoolEntry entry, uint shedCount);

    /// <summary>Counts again records of which only the number is known: they were appended after the checkpoint and are
    /// damaged. Before the spool is open.</summary>
    void ReplayDamaged(ulong records);

    /// <summary>A group of appends came to its end. On the spool's thread, under the gate, before its waiters are
    /// told.</summary>
    void Complete(SpoolGroup group, bool durable);
}
