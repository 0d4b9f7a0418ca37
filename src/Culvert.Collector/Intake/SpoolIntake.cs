using Culvert.Collector.Spool;
using Culvert.Records;

namespace Culvert.Collector.Intake;

/// <summary>
/// The door of the spool: validates, removes duplicates by the highest sequence of each (producer, epoch) and the holes
/// below it, sheds when the disk is short, counts, appends, and answers after the fsync.
/// </summary>
internal sealed class SpoolIntake : IIntake
{
    private static readonly GapList NoGaps = new();

    private readonly LogSpool _spool;
    private readonly Ledger _ledger;

    public SpoolIntake(LogSpool spool, Ledger ledger)
    {
        _spool = spool;
        _ledger = ledger;
        ledger.Attach(spool);
    }

    public ulong DurableSequence(ProducerId producer)
    {
        lock (_ledger.Gate)
        {
            var state = _ledger.Producers.Find(producer);
            state?.Resume();
            return state?.Durable ?? 0;
        }
    }

    public ValueTask<IntakeResult> AcceptAsync(in IntakeBatch batch, CancellationToken cancellationToken = default)
    {
        if (!RecordBatchReader.Validate(batch.Records, out var count, out var gaps, out var problem))
            return ValueTask.FromResult(Malformed(batch, problem));
        if (IntakeProblem.Of(batch, count, gaps) is { } reason) return ValueTask.FromResult(Malformed(batch, reason));
        var last = count == 0 ? batch.FirstSequence - 1 : batch.FirstSequence - 1 + (ulong)count + gaps;
        var checksum = EntryHeader.PayloadChecksum(batch.Origin, batch.Records, _spool.Salt);
        Task<bool> completion;
        lock (_ledger.Gate)
        {
            if (count == 0) return ValueTask.FromResult(Empty(batch.Producer));
            if (_spool.IsStopped) return ValueTask.FromResult(Stopping());
            var producer = _ledger.Producers.Get(batch.Producer, batch.FirstSequence - 1);
            producer.Input = batch.Input;
            // What fills a hole came by another way than what lies behind it.
            if (last <= producer.Durable && !producer.Holes.Overlaps(batch.FirstSequence, last))
            {
                _ledger.CountDuplicates(batch.Input, producer.Service, count);
                return ValueTask.FromResult(new IntakeResult(IntakeStatus.Durable, last));
            }

            if (Refusal(batch, producer) is { } refusal) return ValueTask.FromResult(refusal);
            if (!TryTake(batch, producer, count, gaps, last, checksum, out var group))
                return ValueTask.FromResult(Refuse(batch, producer, "The collector's disk cannot keep up."));
            completion = group.Completion;
        }

        return AnswerAsync(completion, last, cancellationToken);
    }

    private IntakeResult Empty(ProducerId producer) =>
        new(IntakeStatus.Durable, _ledger.Producers.Find(producer)?.Durable ?? 0);

    private IntakeResult? Refusal(in IntakeBatch batch, ProducerState producer)
    {
        if (_spool.Pressure == SpoolPressure.Refuse) return Refuse(batch, producer, "The collector's disk is full.");
        if (producer.IsBehindRefused(batch.FirstSequence)) return Full("A batch before this one was refused.");
        producer.Resume();
        return null;
    }

    private static IntakeResult Refuse(in IntakeBatch batch, ProducerState producer, string problem)
    {
        producer.Refuse(batch.FirstSequence);
        return Full(problem);
    }

    /// <summary>Appends what is new of a batch, or joins the open group when nothing is. Under the gate.</summary>
    private bool TryTake(
        in IntakeBatch batch, ProducerState producer, int count, ulong gaps, ulong last, uint checksum,
        out SpoolGroup group)
    {
        var header = new EntryHeader
        {
            Producer = batch.Producer,
            FirstSequence = batch.FirstSequence,
            LastSequence = last,
            ObservedNs = batch.ObservedNs,
            RecordCount = count,
            PayloadCrc = checksum,
        };
        var isPlain = gaps == 0 && batch.FirstSequence == producer.Highest + 1 && _spool.Pressure == SpoolPressure.None;
        return isPlain && TryPlain(batch, producer, header, out var taken, out group)
            ? taken
            : TryFiltered(batch, producer, header, out group);
    }

    /// <summary>The common case: all of it new, nothing skipped, one source. False when it is not that.</summary>
    private bool TryPlain(
        in IntakeBatch batch, ProducerState producer, EntryHeader header, out bool taken, out SpoolGroup group)
    {
        (taken, group) = (false, null!);
        if (!RecordBatchReader.TryOpen(batch.Records, out var reader, out _) || reader.ResourceCount != 1) return false;
        var service = BatchFilter.ServiceOf(reader.Resource(0));
        taken = TryAppend(producer, header, batch.Origin, batch.Records, out group);
        SourceTally[] tallies = [new SourceTally(service) { Kept = header.RecordCount }];
        if (taken) Note(group, producer, batch.Input, tallies, NoGaps, batch.FirstSequence, header, 0);
        return true;
    }

    private bool TryFiltered(in IntakeBatch batch, ProducerState producer, EntryHeader header, out SpoolGroup group)
    {
        var filter = BatchFilter.Run(batch.Records, batch.FirstSequence, producer, _spool.Pressure);
        header.RecordCount = filter.Kept;
        header.FirstSequence = filter.FirstSequence;
        if (filter.Kept == 0)
        {
            group = _spool.Join()!;
            producer.Shed += (uint)filter.Shed;
        }
        else
        {
            var isWhole = filter.Shed == 0 && filter.Duplicates == 0;
            var records = isWhole ? batch.Records : filter.Rewrite(batch.Records);
            if (!isWhole) header.PayloadCrc = EntryHeader.PayloadChecksum(batch.Origin, records, _spool.Salt);
            header.ShedCount = (uint)filter.Shed;
            if (!TryAppend(producer, header, batch.Origin, records, out group)) return false;
        }

        Note(
            group, producer, batch.Input, filter.Tallies, filter.Gaps, batch.FirstSequence, header, filter.Shed,
            filter.ShedByLevel, filter.Filled);
        return true;
    }

    private bool TryAppend(
        ProducerState producer, EntryHeader header, ReadOnlySpan<byte> origin, ReadOnlySpan<byte> records,
        out SpoolGroup group)
    {
        header.ShedCount += producer.Shed;
        if (!_spool.TryAppend(ref header, origin, records, out group)) return false;
        producer.Shed = 0;
        return true;
    }

    private static void Note(
        SpoolGroup group, ProducerState producer, string input, SourceTally[] tallies, GapList gaps, ulong first,
        in EntryHeader header, int shed, long[]? shedByLevel = null, GapList? filled = null)
    {
        producer.Append(header.LastSequence, gaps, filled);
        if (tallies.Length > 0) producer.Service = tallies[0].Service;
        group.Batches.Add(new PendingBatch(
            producer, input, tallies, gaps, first, header.LastSequence, header.RecordCount, shed)
        {
            ShedByLevel = shedByLevel,
            Filled = filled,
        });
    }

    private static async ValueTask<IntakeResult> AnswerAsync(
        Task<bool> completion, ulong last, CancellationToken cancellationToken) =>
        await completion.WaitAsync(cancellationToken).ConfigureAwait(false)
            ? new IntakeResult(IntakeStatus.Durable, last)
            : Full("The collector could not write to its disk.");

    private IntakeResult Malformed(in IntakeBatch batch, string problem)
    {
        // How many records it should have held is what it says itself, if that much can be read.
        var records = RecordBatchReader.TryOpen(batch.Records, out var reader, out _)
            ? Math.Max(1, reader.RecordCount)
            : 1;
        _ledger.CountDropped(batch.Input, DropReason.Malformed, records);
        return new IntakeResult(IntakeStatus.Malformed, 0, problem);
    }

    private static IntakeResult Full(string problem) =>
        new(IntakeStatus.Full, 0, $"{problem} Nothing of the batch was taken; send it again later.");

    private static IntakeResult Stopping() =>
        new(IntakeStatus.Stopping, 0, "The collector is stopping; send the batch again when it runs.");
}
