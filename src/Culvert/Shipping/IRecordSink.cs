using Culvert.Records;

namespace Culvert.Shipping;

/// <summary>
/// Where an encoded record waits until the collector has it. A record is encoded by its own thread outside of every
/// lock (<see cref="RecordScratch"/>) and committed whole, so that what keeps it may be memory, or a file that outlives
/// the program.
/// </summary>
internal interface IRecordSink
{
    /// <summary>Gives the record the next sequence number and keeps it. Returns false when there is no room: the number
    /// is used all the same, and the drop is counted by level. Any thread; the content is copied.</summary>
    /// <param name="severity">Decides what may use the last quarter of the room.</param>
    /// <param name="resource">The record's resource, encoded; the same object each time for the same resource.</param>
    /// <param name="content">The record from its severity on, as in <see cref="RecordLayout"/>; empty for one that
    /// could not be encoded, which is dropped.</param>
    bool Commit(Severity severity, byte[] resource, ReadOnlySpan<byte> content);
}
