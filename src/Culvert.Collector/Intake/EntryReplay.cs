using Culvert.Collector.Records;
using Culvert.Collector.Spool;
using Culvert.Records;

namespace Culvert.Collector.Intake;

/// <summary>Finds out again, from an entry in the spool, what the intake counted when it took it.</summary>
internal static class EntryReplay
{
    public static PendingBatch Read(Ledger ledger, in SpoolEntry entry, uint shedCount)
    {
        var before = entry.FirstSequence - 1;
        var producer = ledger.Producers.Get(entry.Producer, before);
        var input = InputOf(entry.Origin.Span);
        if (!RecordBatchReader.TryOpen(entry.Records.Span, out var reader, out var problem))
            throw new InvalidDataException(problem);
        var tallies = BatchFilter.ServicesOf(reader);
        var gaps = new GapList();
        GapList? filled = null;
        var unknown = producer.Durable + 1;
        gaps.Add(unknown, before);
        var next = entry.FirstSequence;
        for (var first = true; reader.TryRead(out var record); first = false)
        {
            var sequence = first ? next : next + record.Gap;
            gaps.Add(Math.Max(next, unknown), sequence - 1);
            if (sequence < unknown) (filled ??= new GapList(int.MaxValue)).Add(sequence, sequence);
            next = sequence + 1;
            tallies[record.Resource].Kept++;
        }

        // What was shed before the checkpoint is counted there; what was shed since is among the gaps, nobody knows
        // where.
        var shed = (int)Math.Min(shedCount - Math.Min(shedCount, producer.ShedDurable), gaps.Count);
        if (shed > 0)
        {
            var lost = gaps.Count - (ulong)shed;
            gaps = new GapList();
            gaps.AddCount(lost);
            tallies[0].Shed = shed;
        }

        producer.Input = input;
        if (tallies.Length > 0) producer.Service = tallies[0].Service;
        producer.Shed = 0;
        return new PendingBatch(
            producer, input, tallies, gaps, entry.FirstSequence, entry.LastSequence, entry.RecordCount, shed)
        {
            Filled = filled,
        };
    }

    private static string InputOf(ReadOnlySpan<byte> origin)
    {
        if (origin.IsEmpty) return LedgerLimits.Unknown;
        var input = Source.From(origin, EmptyList).Input;
        return input.Length > 0 ? input : LedgerLimits.Unknown;
    }

    // A list of no attributes: one byte of count.
    private static ReadOnlySpan<byte> EmptyList => [1, 0];
}
