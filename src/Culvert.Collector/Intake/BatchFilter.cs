using System.Text;
using Culvert.Collector.Spool;
using Culvert.Records;
using Culvert.Shipping;

namespace Culvert.Collector.Intake;

/// <summary>
/// Walks a batch that was validated: tells records that are there already from new ones and those that are shed, counts
/// each by source, lists the sequences that were skipped, and writes the batch anew without what is not kept.
/// </summary>
internal ref struct BatchFilter
{
    private readonly RecordBuffer _kept;
    private readonly SourceTally[] _tallies;
    private readonly ulong _highest;
    private readonly GapList _holes;
    private readonly SpoolPressure _pressure;

    private BatchFilter(SourceTally[] tallies, ProducerState producer, SpoolPressure pressure)
    {
        _tallies = tallies;
        _highest = producer.Highest;
        _holes = producer.Holes;
        _pressure = pressure;
        _kept = new RecordBuffer();
        Gaps = new GapList();
    }

    public GapList Gaps { get; }

    /// <summary>Sequences that were skipped before and are new now; null when there are none.</summary>
    public GapList? Filled { get; private set; }

    public int Kept { get; private set; }

    public int Shed { get; private set; }

    /// <summary>The shed ones by level, or null when there are none.</summary>
    public long[]? ShedByLevel { get; private set; }

    public int Duplicates { get; private set; }

    /// <summary>Sequence of the first record that is kept.</summary>
    public ulong FirstSequence { get; private set; }

    public readonly SourceTally[] Tallies => _tallies;

    /// <param name="batch">Validated.</param>
    /// <param name="firstSequence">Of the batch, the first gap not counted.</param>
    /// <param name="producer">Whose sequences up to the highest are there already, but for its holes.</param>
    /// <param name="pressure">What is shed.</param>
    public static BatchFilter Run(
        ReadOnlySpan<byte> batch, ulong firstSequence, ProducerState producer, SpoolPressure pressure)
    {
        if (!RecordBatchReader.TryOpen(batch, out var reader, out var problem)) throw new InvalidDataException(problem);
        var filter = new BatchFilter(ServicesOf(reader), producer, pressure);
        var highest = producer.Highest;
        filter.Gaps.Add(highest + 1, firstSequence - 1);
        var (next, previousKept) = (firstSequence, firstSequence - 1);
        while (reader.TryRead(out var record))
        {
            var sequence = next + record.Gap;
            filter.Gaps.Add(Math.Max(next, highest + 1), sequence - 1);
            if (filter.Take(record, sequence, previousKept)) previousKept = sequence;
            next = sequence + 1;
        }

        return filter;
    }

    /// <summary>The batch without what is not kept.</summary>
    public readonly byte[] Rewrite(ReadOnlySpan<byte> batch)
    {
        if (!RecordBatchReader.TryOpen(batch, out var reader, out var problem)) throw new InvalidDataException(problem);
        var output = new RecordBuffer(_kept.Length + 1024);
        output.WriteByte(RecordLayout.Version);
        output.WriteVarint((ulong)reader.ResourceCount);
        for (var i = 0; i < reader.ResourceCount; i++) output.WriteBytes(reader.Resource(i).Encoded);
        output.WriteVarint((ulong)Kept);
        output.WriteBytes(_kept.Written);
        return output.Written.ToArray();
    }

    /// <summary>The services that the batch's resources name, in their order.</summary>
    public static SourceTally[] ServicesOf(in RecordBatchReader reader)
    {
        var tallies = new SourceTally[reader.ResourceCount];
        for (var i = 0; i < tallies.Length; i++) tallies[i] = new SourceTally(ServiceOf(reader.Resource(i)));
        return tallies;
    }

    public static string ServiceOf(AttributeList resource)
    {
        if (!resource.TryFind("service.name"u8, out var name)
            || name.Type != AttributeType.Text) return LedgerLimits.Unknown;
        return Encoding.UTF8.GetString(name.Value[..Math.Min(name.Value.Length, LedgerLimits.NameBytesMax / 2)]);
    }

    private bool Take(in RecordView record, ulong sequence, ulong previousKept)
    {
        ref var tally = ref _tallies[record.Resource];
        if (sequence <= _highest)
        {
            if (!_holes.Contains(sequence))
            {
                tally.Duplicates++;
                Duplicates++;
                return false;
            }

            (Filled ??= new GapList(int.MaxValue)).Add(sequence, sequence);
        }

        if (IsShed(record.Severity))
        {
            tally.Shed++;
            Shed++;
            ShedByLevel ??= new long[LogProtocol.LevelCount];
            ShedByLevel[LogProtocol.LevelOf(record.Severity)]++;
            return false;
        }

        if (Kept == 0) FirstSequence = sequence;
        tally.Kept++;
        Kept++;
        Write(record, sequence - previousKept - 1);
        return true;
    }

    private readonly bool IsShed(Severity severity) => _pressure switch
    {
        SpoolPressure.None => false,
        SpoolPressure.ShedDebug => severity is > Severity.Unspecified and < Severity.Info,
        SpoolPressure.ShedInfo => severity < Severity.Warn,
        _ => severity < Severity.Error,
    };

    /// <summary>Copies a record with another gap.</summary>
    private readonly void Write(in RecordView record, ulong gap)
    {
        var at = 0;
        if (!Varint.TryRead(record.Encoded, ref at, out _) || !Varint.TryRead(record.Encoded, ref at, out _))
            throw new InvalidDataException("The batch is damaged.");
        var rest = record.Encoded[at..];
        _kept.WriteVarint((ulong)(Varint.Size(gap) + rest.Length));
        _kept.WriteVarint(gap);
        _kept.WriteBytes(rest);
    }
}
