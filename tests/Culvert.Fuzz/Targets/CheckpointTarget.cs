using Culvert.Collector.Intake;
using Culvert.Collector.Spool;
using Culvert.Records;

namespace Culvert.Fuzz.Targets;

/// <summary>A spool's checkpoint with the ledger in it, of another version, or damaged where no checksum
/// tells.</summary>
internal sealed class CheckpointTarget : IFuzzTarget
{
    public string Name => "checkpoint";

    public IEnumerable<byte[]> Seeds
    {
        get
        {
            ISpoolState ledger = new Ledger();
            ledger.Replay(
                new SpoolEntry
                {
                    Position = 0, RecordCount = 3, Producer = new ProducerId(42, 1), FirstSequence = 1,
                    LastSequence = 5, ObservedNs = 1, Origin = Samples.Origin, Records = Samples.Batch,
                },
                shedCount: 1);
            var buffer = new RecordBuffer(1024);
            new SpoolCheckpoint
            {
                Salt = 7, Segment = 3, Offset = 64, Position = 9,
                Outputs = [SpoolOutput.Restore("store", 0, 5, 5, 0, 0), SpoolOutput.Restore("kafka", 1, 2, 1, 0, 0)],
            }.WriteHead(buffer);
            ledger.Save(buffer, SpoolLimits.CheckpointSlotBytes);
            return [buffer.Written.ToArray()];
        }
    }

    public void Run(ReadOnlySpan<byte> input)
    {
        if (SpoolCheckpoint.Read(input) is not { } checkpoint) return;
        var ledger = new Ledger();
        try
        {
            ((ISpoolState)ledger).Load(checkpoint.State);
        }
        catch (IOException)
        {
            return; // What the spool tells a person.
        }

        ledger.Snapshot();
        ((ISpoolState)ledger).Save(new RecordBuffer(1024), SpoolLimits.CheckpointSlotBytes);
    }
}
