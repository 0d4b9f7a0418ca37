using Culvert.Collector.Outputs;
using Culvert.Collector.Spool;
using Culvert.Records;

namespace Culvert.Collector.Intake;

/// <summary>Counts what became of every record, by input, by source and by producer; docs/ledger.md has the equations.
/// A record is counted once its outcome is certain, so the sums add up at any instant. Any thread.</summary>
internal sealed class Ledger : ISpoolState
{
    private readonly LedgerCounts _total = new();
    private readonly CountTable _inputs = new(LedgerLimits.InputsMax);
    private readonly CountTable _sources = new(LedgerLimits.SourcesMax);
    private readonly ShedCounts _shed = new();
    private LogSpool? _spool;
    private IReadOnlyList<OutputStatus> _statuses = [];

    /// <summary>Guards the ledger and, so that both are seen together, the spool's positions.</summary>
    public Lock Gate { get; } = new();

    public long Version { get; private set; }

    /// <summary>Under the gate.</summary>
    internal ProducerTable Producers { get; } = new();

    /// <summary>Counts records that an input received and could not hand to the intake.</summary>
    public void CountDropped(string input, DropReason reason, long records)
    {
        lock (Gate)
        {
            foreach (var counts in (ReadOnlySpan<LedgerCounts>)
                [_total, _inputs.Get(input), _sources.Get(LedgerLimits.Unknown)])
            {
                counts.Add(received: records, spooled: 0, duplicates: 0);
                counts.AddDropped(reason, records);
            }

            Version++;
        }
    }

    /// <summary>Counts records that were kept, but not as they came: cut, repaired or taken as plain text. They are
    /// among the received ones; nothing is subtracted for them.</summary>
    public void CountMended(string input, MendReason reason, long records)
    {
        lock (Gate)
        {
            _total.AddMended(reason, records);
            _inputs.Get(input).AddMended(reason, records);
            Version++;
        }
    }

    /// <summary>Counts a request over HTTP that an input refused whole. How many records it was to be is not known, so
    /// it is no record and in no sum.</summary>
    public void CountRefused(string input, int status)
    {
        lock (Gate) _inputs.Get(input).AddRefused(status);
    }

    /// <summary>Notes what a producer says of itself: the highest sequence it gave, and what it dropped, by level from
    /// trace to fatal, cumulative for the epoch.</summary>
    public void NoteReport(
        string input, ProducerId producer, string service, ulong produced, ReadOnlySpan<ulong> droppedByLevel)
    {
        lock (Gate)
        {
            var state = Producers.Get(producer, before: produced);
            state.Input = input;
            if (service.Length > 0) state.Service = service;
            state.Produced = Math.Max(state.Produced, produced);
            for (var i = 0; i < Math.Min(droppedByLevel.Length, state.DroppedByLevel.Length); i++)
                state.DroppedByLevel[i] = Math.Max(state.DroppedByLevel[i], droppedByLevel[i]);
            Version++;
        }
    }

    /// <summary>The same as a relay tells it, of a producer whose records came; of another one nothing is
    /// kept.</summary>
    public void NoteRelayedReport(
        string input, ProducerId producer, ulong produced, ReadOnlySpan<ulong> droppedByLevel)
    {
        lock (Gate)
        {
            if (Producers.Find(producer) is not null) NoteReport(input, producer, "", produced, droppedByLevel);
        }
    }

    /// <summary>What is known of a producer, to be told to another collector; null when nothing is.</summary>
    public ProducerReport? FindReport(ProducerId producer)
    {
        lock (Gate)
        {
            return Producers.Find(producer) is { } state
                ? new ProducerReport(state.Produced, state.Durable, [.. state.DroppedByLevel])
                : null;
        }
    }

    /// <summary>All numbers at one instant.</summary>
    public LedgerSnapshot Snapshot()
    {
        lock (Gate)
        {
            var total = _total.Snapshot("total");
            CountsSnapshot[] inputs = [.. _inputs.Snapshot()];
            CountsSnapshot[] sources = [.. _sources.Snapshot()];
            OutputSnapshot[] outputs =
                [.. _spool?.Outputs.Select(output => SnapshotOf(output, _spool.DurablePosition)) ?? []];
            var position = _spool?.DurablePosition ?? 0;
            var balanced = total.Balanced && IsSum(total, inputs) && IsSum(total, sources)
                && (_spool is null || (ulong)total.Spooled == position) && outputs.All(output => output.Balanced);
            return new LedgerSnapshot(
                total, inputs, sources, [.. Producers.Snapshot()], Producers.Forgotten, outputs, position, balanced)
            {
                ShedByLevel = _shed.Snapshot(),
            };
        }
    }

    /// <summary>The outputs of this spool are part of the snapshot from now on.</summary>
    internal void Attach(LogSpool spool)
    {
        lock (Gate) _spool = spool;
    }

    /// <summary>How these outputs fare is part of the snapshot from now on.</summary>
    internal void Attach(IReadOnlyList<OutputStatus> statuses)
    {
        lock (Gate) _statuses = statuses;
    }

    /// <summary>Counts records that were received again and are durable already. Under the gate.</summary>
    internal void CountDuplicates(string input, string service, int records)
    {
        foreach (var counts in (ReadOnlySpan<LedgerCounts>)[_total, _inputs.Get(input), _sources.Get(service)])
            counts.Add(received: records, spooled: 0, duplicates: records);
        Version++;
    }

    void ISpoolState.Save(RecordBuffer buffer, int bytesMax)
    {
        var start = buffer.Length;
        _total.Save(buffer);
        _inputs.Save(buffer);
        _sources.Save(buffer);
        Producers.Save(buffer, bytesMax - (buffer.Length - start) - ShedCounts.SavedBytes);
        _shed.Save(buffer);
    }

    void ISpoolState.Load(ReadOnlySpan<byte> saved)
    {
        var at = 0;
        if (saved.IsEmpty) return;
        saved = _shed.TakeFrom(saved);
        if (!_total.TryLoad(saved, ref at) || !_inputs.TryLoad(saved, ref at) || !_sources.TryLoad(saved, ref at)
            || !Producers.TryLoad(saved, ref at))
            throw new IOException("the ledger in its checkpoint is not of this version.");
    }

    void ISpoolState.Complete(SpoolGroup group, bool durable)
    {
        foreach (ref readonly var batch in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(group.Batches))
        {
            if (durable) Count(batch);
            else batch.Producer.RollBack(batch.FirstSequence);
            batch.Producer.Settle();
        }

        if (group.Batches.Count > 0) Version++;
    }

    void ISpoolState.Replay(in SpoolEntry entry, uint shedCount) => Count(EntryReplay.Read(this, entry, shedCount));

    void ISpoolState.ReplayDamaged(ulong records)
    {
        foreach (var counts in (ReadOnlySpan<LedgerCounts>)
            [_total, _inputs.Get(LedgerLimits.Unknown), _sources.Get(LedgerLimits.Unknown)])
            counts.Add(received: (long)records, spooled: (long)records, duplicates: 0);
    }

    private void Count(in PendingBatch batch)
    {
        _shed.Add(batch.ShedByLevel);
        batch.Producer.Advance(batch.LastSequence, batch.Kept, batch.Shed, batch.Gaps, batch.Filled);
        var input = _inputs.Get(batch.Input);
        foreach (ref readonly var tally in batch.Tallies.AsSpan())
        {
            var received = tally.Kept + tally.Duplicates + tally.Shed;
            foreach (var counts in (ReadOnlySpan<LedgerCounts>)[_total, input, _sources.Get(tally.Service)])
            {
                counts.Add(received, tally.Kept, tally.Duplicates);
                counts.AddDropped(DropReason.DiskFull, tally.Shed);
            }
        }
    }

    private OutputSnapshot SnapshotOf(SpoolOutput output, ulong position)
    {
        var waiting = position - output.Cursor;
        var sum = output.StartedAt + output.Stored + waiting + output.Expired + output.Damaged;
        return new OutputSnapshot(
            output.Name, output.StartedAt, output.Stored, waiting, output.Expired, output.Damaged, sum == position,
            _statuses.FirstOrDefault(status => status.Name == output.Name)?.Snapshot());
    }

    private static bool IsSum(CountsSnapshot total, CountsSnapshot[] parts) =>
        parts.All(part => part.Balanced) && parts.Sum(part => part.Received) == total.Received
        && parts.Sum(part => part.Spooled) == total.Spooled && parts.Sum(part => part.Duplicates) == total.Duplicates
        && parts.Sum(part => part.DroppedTotal) == total.DroppedTotal;
}
