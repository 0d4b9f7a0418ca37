using Culvert.Records;

namespace Culvert.Collector.Spool;

/// <summary>Where the spool's end is, for the checkpoint.</summary>
internal readonly record struct SpoolPlace(string Name, ulong Segment, long Offset);

/// <summary>Writes groups to the last segment, seals it, and makes the next. The committer's thread only.</summary>
internal sealed class SegmentWriter(
    LogSpool spool, SpoolOptions options, ISpoolFiles files, TimeProvider time, RecoveredSpool found)
    : IDisposable
{
    private readonly byte[] _scratch = new byte[SegmentLayout.FooterBytes];
    private ISpoolFile? _file = found.Tail;
    private SpoolSegment? _segment = found.Segments.Count > 0 ? found.Segments[^1] : null;
    private ulong _nextNumber = found.NextNumber;

    public SpoolPlace Place => _segment is null
        ? new SpoolPlace("a new segment", 0, 0)
        : new SpoolPlace(_segment.Name, _segment.Number, _segment.DataEnd);

    /// <summary>Writes a group at the end and makes it durable. Throws when it could not; the caller then
    /// abandons.</summary>
    public SpoolSegment Write(SpoolGroup group)
    {
        if (_file is null) Create(group.FirstPosition);
        var (file, segment) = (_file!, _segment!);
        options.OnStep?.Invoke(SpoolStep.AppendStarting);
        try
        {
            file.Write(segment.DataEnd, group.Buffer.AsSpan(0, group.Length));
        }
        catch (IOException)
        {
            TakeBack(file, segment);
            throw;
        }

        options.OnStep?.Invoke(SpoolStep.AppendWritten);
        file.Flush();
        options.OnStep?.Invoke(SpoolStep.AppendFlushed);
        return segment;
    }

    /// <summary>Seals the segment when it has its size; true when it did.</summary>
    public bool SealIfFull()
    {
        if (_file is null || _segment!.DataEnd < options.SegmentBytes) return false;
        Seal();
        return true;
    }

    /// <summary>Seals the segment when all in it is older than that, so that it can expire.</summary>
    public void SealIfOld(DateTimeOffset oldest)
    {
        if (_file is null || _segment!.Entries == 0) return;
        if (_segment.NewestObservedNs < UnixTime.ToNs(oldest)) Seal();
    }

    /// <summary>Leaves the segment as it is, after a failure: what is in it beyond its durable end is never read, since
    /// the next segment begins at that position.</summary>
    public void Abandon()
    {
        _file?.Dispose();
        _file = null;
    }

    public void Dispose() => _file?.Dispose();

    /// <summary>A write that failed half-way (a full disk) gives its space back. The cut is made durable, because what
    /// is written at the same place next must not be followed by remains of this; a failure abandons the
    /// segment.</summary>
    private void TakeBack(ISpoolFile file, SpoolSegment segment)
    {
        try
        {
            file.SetLength(segment.DataEnd);
            file.Flush();
        }
        catch (IOException)
        {
            // The write's own error is what is reported; the segment is abandoned in both cases.
        }
    }

    private void Create(ulong firstPosition)
    {
        var segment = new SpoolSegment(_nextNumber++, firstPosition)
        {
            Bytes = SegmentLayout.HeaderBytes,
            NewestObservedNs = UnixTime.NowNs(time),
        };
        var file = files.OpenWrite(segment.Name);
        try
        {
            new SegmentHeader(spool.Salt, segment.Number, firstPosition, segment.NewestObservedNs).Write(_scratch);
            file.Write(0, _scratch.AsSpan(0, SegmentLayout.HeaderBytes));
            file.Flush();
            options.OnStep?.Invoke(SpoolStep.SegmentCreated);
            files.FlushFolder();
        }
        catch (IOException)
        {
            file.Dispose();
            Remove(segment.Name);
            throw;
        }

        lock (spool.Gate) spool.Segments.Add(segment);
        (_file, _segment) = (file, segment);
    }

    private void Seal()
    {
        var (file, segment) = (_file!, _segment!);
        options.OnStep?.Invoke(SpoolStep.SealStarting);
        segment.Footer().Write(_scratch);
        try
        {
            file.Write(segment.DataEnd, _scratch);
            options.OnStep?.Invoke(SpoolStep.SealWritten);
            file.Flush();
            options.OnStep?.Invoke(SpoolStep.SealFlushed);
            lock (spool.Gate) segment.Bytes += SegmentLayout.FooterBytes;
        }
        catch (IOException)
        {
            // A footer only saves a scan; without one the segment is read to its end.
        }

        Abandon();
    }

    private void Remove(string name)
    {
        try
        {
            files.Delete(name);
        }
        catch (IOException)
        {
            // An empty segment of a number that is not used again does no harm.
        }
    }
}
