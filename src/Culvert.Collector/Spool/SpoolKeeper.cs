using Culvert.Records;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Spool;

/// <summary>Writes checkpoints and deletes segments, in that order. The committer's thread, but for <see
/// cref="Changed"/>.</summary>
internal sealed class SpoolKeeper(
    LogSpool spool, SpoolOptions options, ISpoolFiles files, TimeProvider time, ILogger logger, RecoveredSpool found)
    : IDisposable
{
    private readonly CheckpointFile _checkpoint = found.Checkpoint;
    private readonly RecordBuffer _content = new();
    private readonly List<string> _toDelete = [];
    private long _changes = 1;
    private long _savedChanges;
    private long _savedVersion;
    private long _writtenBytes;
    private long _savedAt = time.GetTimestamp();

    /// <summary>Something changed that the state's own version does not tell. Any thread.</summary>
    public void Changed() => Interlocked.Increment(ref _changes);

    public void Wrote(int bytes)
    {
        _writtenBytes += bytes;
        Changed();
    }

    public bool KeepIfDue(SpoolPlace place, SpoolPressure pressure) =>
        _writtenBytes < options.CheckpointBytes || Keep(place, checkpoint: true, pressure);

    /// <summary>Writes a checkpoint when asked, when it is time, or when something is to be deleted; then deletes.
    /// False when the checkpoint could not be written.</summary>
    public bool Keep(SpoolPlace place, bool checkpoint, SpoolPressure pressure)
    {
        LearnOldest();
        bool due;
        lock (spool.Gate)
        {
            due = ChooseDeletions(pressure)
                || ((checkpoint || time.GetElapsedTime(_savedAt) >= options.CheckpointInterval)
                    && (_savedChanges != Interlocked.Read(ref _changes) || _savedVersion != spool.State.Version));
        }

        if (!due && _toDelete.Count == 0) return true;
        if (!TrySave(place)) return false;
        Delete();
        return true;
    }

    public void Dispose() => _checkpoint.Dispose();

    /// <summary>The retention by age asks the oldest segment only, whose footer may not have been read yet.</summary>
    private void LearnOldest()
    {
        SpoolSegment? oldest = null;
        lock (spool.Gate)
        {
            if (spool.Segments.Count > 1 && !spool.Segments[0].IsKnown) oldest = spool.Segments[0];
        }

        if (oldest is null) return;
        try
        {
            if (SealedSegment.TryLearn(files, oldest, out _)) return;
        }
        catch (IOException exception)
        {
            SpoolLog.DeleteFailed(logger, exception.Message, exception);
        }

        // Without a footer its age is not known; taken as now, it goes by size or when it is consumed, or at the age's
        // end.
        oldest.NewestObservedNs = UnixTime.NowNs(time);
        oldest.IsKnown = true;
    }

    private bool ChooseDeletions(SpoolPressure pressure)
    {
        var segments = spool.Segments;
        var count = 0;
        var total = segments.Sum(segment => segment.Bytes);
        var consumedEnd = spool.Outputs.Count > 0 ? spool.Outputs.Min(output => output.Cursor) : 0;
        var consumed = segments.Where(segment => segment.EndPosition <= consumedEnd).Sum(segment => segment.Bytes);
        var keep = pressure == SpoolPressure.None ? options.KeepConsumedBytes : 0;
        var oldest = UnixTime.ToNs(time.GetUtcNow() - options.MaxAge);
        for (; count < segments.Count - 1; count++)
        {
            var segment = segments[count];
            var isConsumed = segment.EndPosition <= consumedEnd;
            if (!(isConsumed && consumed > keep) && total <= options.MaxSizeBytes
                && !(segment.IsKnown && segment.NewestObservedNs < oldest)) break;
            total -= segment.Bytes;
            if (isConsumed) consumed -= segment.Bytes;
            _toDelete.Add(segment.Name);
        }

        if (count > 0) spool.RemoveFirst(count);
        return count > 0;
    }

    private bool TrySave(SpoolPlace place)
    {
        long changes, version;
        lock (spool.Gate)
        {
            (changes, version) = (Interlocked.Read(ref _changes), spool.State.Version);
            _content.Clear();
            new SpoolCheckpoint
            {
                Salt = spool.Salt,
                Segment = place.Segment,
                Offset = place.Offset,
                Position = spool.DurablePosition,
                DeletedBelow = spool.Segments.Count > 0 ? spool.Segments[0].Number : 0,
                FirstPosition = spool.FirstPosition,
                Outputs = [.. spool.Outputs],
            }.WriteHead(_content);
            spool.State.Save(_content, CheckpointLayout.ContentBytesMax - _content.Length);
        }

        _savedAt = time.GetTimestamp();
        try
        {
            _checkpoint.Write(_content, options.OnStep);
        }
        catch (IOException exception)
        {
            SpoolLog.CheckpointFailed(logger, exception.Message, exception);
            return false;
        }

        (_savedChanges, _savedVersion, _writtenBytes) = (changes, version, 0);
        return true;
    }

    private void Delete()
    {
        if (_toDelete.Count == 0) return;
        options.OnStep?.Invoke(SpoolStep.DeleteStarting);
        try
        {
            while (_toDelete.Count > 0)
            {
                files.Delete(_toDelete[^1]);
                _toDelete.RemoveAt(_toDelete.Count - 1);
                options.OnStep?.Invoke(SpoolStep.DeleteUnlinked);
            }

            files.FlushFolder();
            options.OnStep?.Invoke(SpoolStep.DeleteFlushed);
        }
        catch (IOException exception)
        {
            SpoolLog.DeleteFailed(logger, exception.Message, exception);
        }
    }
}
