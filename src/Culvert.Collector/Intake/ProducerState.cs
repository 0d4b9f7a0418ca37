using Culvert.Records;
using Culvert.Shipping;

namespace Culvert.Collector.Intake;

/// <summary>What is kept of one producer epoch, for duplicates and for the ledger. Under the ledger's gate.</summary>
internal sealed class ProducerState(ProducerId id)
{
    private ulong? _refusedAt;
    private GapList? _holes;
    private int _underWay;

    public ProducerId Id { get; } = id;

    public string Input { get; set; } = "";

    public string Service { get; set; } = "";

    /// <summary>All up to here is durable, or was dropped and counted.</summary>
    public ulong Durable { get; private set; }

    /// <summary>All up to here was appended, if not yet durable.</summary>
    public ulong Highest { get; private set; }

    /// <summary>Records shed since the last entry that was appended.</summary>
    public uint Shed { get; set; }

    /// <summary>The same, of what is durable; written to the checkpoint.</summary>
    public uint ShedDurable { get; private set; }

    /// <summary>The highest sequence heard of, be it only by a report.</summary>
    public ulong Produced { get; set; }

    /// <summary>The same as a number of records, where sequences do not count them.</summary>
    public ulong ProducedRecords => Id.SequenceIsOffset ? Received : Produced;

    /// <summary>Records that arrived, each once.</summary>
    public ulong Received { get; private set; }

    /// <summary>Sequences below <see cref="Durable"/> that never came.</summary>
    public GapList Gaps { get; } = new();

    /// <summary>The same of what was appended, if not yet durable: what may still come by another way, through another
    /// collector, and is then new.</summary>
    public GapList Holes => _holes ?? Gaps;

    public ulong[] DroppedByLevel { get; } = new ulong[LogProtocol.LevelCount];

    /// <summary>Grows with every use, to find who was not heard of for longest.</summary>
    public long LastUse { get; set; }

    public bool IsInFlight => _underWay > 0;

    /// <summary>A batch was appended.</summary>
    public void Append(ulong lastSequence, GapList gaps, GapList? filled)
    {
        Highest = Math.Max(Highest, lastSequence);
        _underWay++;
        if (Id.SequenceIsOffset || (gaps.Count == 0 && filled is null)) return;
        _holes ??= Gaps.Clone();
        if (filled is not null) _holes.Remove(filled);
        _holes.Add(gaps);
    }

    /// <summary>What became of a batch that was appended is certain.</summary>
    public void Settle()
    {
        if (--_underWay == 0) _holes = null;
    }

    /// <summary>A batch is durable.</summary>
    public void Advance(ulong lastSequence, int kept, int shed, GapList gaps, GapList? filled)
    {
        if (filled is not null) Gaps.Remove(filled);
        if (!Id.SequenceIsOffset) Gaps.Add(gaps);
        Received += (ulong)(kept + shed);
        ShedDurable = kept > 0 ? 0 : ShedDurable + (uint)shed;
        Durable = Math.Max(Durable, lastSequence);
        Highest = Math.Max(Highest, Durable);
        Produced = Math.Max(Produced, Durable);
    }

    /// <summary>What was appended and is not durable will not be.</summary>
    public void RollBack(ulong firstSequence)
    {
        (Highest, Shed, _holes) = (Durable, ShedDurable, null);
        Refuse(firstSequence);
    }

    /// <summary>Whether a batch must be refused because one before it was: were it taken, the sender's next attempt at
    /// the earlier one would pass for a duplicate.</summary>
    public bool IsBehindRefused(ulong firstSequence) => _refusedAt is { } refused && firstSequence > refused;

    /// <summary>A batch was refused: nothing behind it is taken until it comes again.</summary>
    public void Refuse(ulong firstSequence) => _refusedAt = Math.Min(_refusedAt ?? firstSequence, firstSequence);

    /// <summary>What was refused came again, or the sender begins anew from what it was told is durable.</summary>
    public void Resume() => _refusedAt = null;

    /// <summary>Nothing is known of what it sent before: that is not lost.</summary>
    public void BeginAt(ulong sequence) => Durable = Highest = sequence;

    public void Save(RecordBuffer buffer)
    {
        Span<byte> producer = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128LittleEndian(producer, Id.Producer);
        buffer.WriteBytes(producer);
        buffer.WriteVarint(Id.Epoch);
        buffer.WriteString(Input.AsSpan(), LedgerLimits.NameBytesMax);
        buffer.WriteString(Service.AsSpan(), LedgerLimits.NameBytesMax);
        buffer.WriteVarint(Durable);
        buffer.WriteVarint(ShedDurable);
        buffer.WriteVarint(Produced);
        buffer.WriteVarint(Received);
        foreach (var dropped in DroppedByLevel) buffer.WriteVarint(dropped);
        Gaps.Save(buffer);
    }

    public static ProducerState? Load(ReadOnlySpan<byte> source, scoped ref int at)
    {
        if (source.Length - at < 16) return null;
        var producer = System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(source[at..]);
        at += 16;
        if (!Varint.TryRead(source, ref at, out var epoch)
            || !RecordBytes.TryReadString(source, ref at, LedgerLimits.NameBytesMax, out var input)
            || !RecordBytes.TryReadString(source, ref at, LedgerLimits.NameBytesMax, out var service)
            || !Varint.TryRead(source, ref at, out var durable) || !Varint.TryRead(source, ref at, out var shed)
            || !Varint.TryRead(source, ref at, out var produced)
            || !Varint.TryRead(source, ref at, out var received)) return null;
        var state = new ProducerState(new ProducerId(producer, epoch))
        {
            Input = System.Text.Encoding.UTF8.GetString(input),
            Service = System.Text.Encoding.UTF8.GetString(service),
            Durable = durable,
            Highest = durable,
            Shed = (uint)shed,
            ShedDurable = (uint)shed,
            Produced = produced,
            Received = received,
        };
        foreach (ref var dropped in state.DroppedByLevel.AsSpan())
        {
            if (!Varint.TryRead(source, ref at, out dropped)) return null;
        }

        return state.Gaps.TryLoad(source, ref at) ? state : null;
    }

    public ProducerSnapshot Snapshot() => new(
        Id.Producer.ToString("x32", System.Globalization.CultureInfo.InvariantCulture), Id.Epoch, Input, Service,
        ProducedRecords, Received,
        Gaps.Count, [.. Gaps.Ranges], [.. DroppedByLevel]);
}
