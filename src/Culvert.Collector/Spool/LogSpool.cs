using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Collector.Spool;

/// <summary>
/// The durable queue between the inputs and the outputs: append-only segments, written by one thread in groups with one
/// fsync each, read by any number of readers, with one cursor per output. docs/spool.md describes format and recovery.
/// </summary>
/// <remarks>Any thread. Everything that changes is guarded by <see cref="Gate"/>; files are written by the committer
/// alone.</remarks>
internal sealed class LogSpool : IAsyncDisposable
{
    private readonly ISpoolFiles _files;
    private readonly ILogger _logger;
    private readonly SpoolCommitter _committer;
    private readonly List<SpoolSegment> _segments;
    private readonly Dictionary<string, SpoolOutput> _outputs = [];
    private SpoolGroup _group;
    private byte[]? _spareBuffer;
    private ulong _nextPosition;
    private ulong _durablePosition;
    private ulong _firstPosition;
    private TaskCompletionSource? _advanced;
    private bool _stopped;

    private LogSpool(
        SpoolOptions options, ISpoolState state, ISpoolFiles files, TimeProvider time, ILogger logger,
        RecoveredSpool found)
    {
        _files = files;
        _logger = logger;
        State = state;
        Salt = found.Salt;
        _segments = found.Segments;
        _nextPosition = _durablePosition = found.NextPosition;
        _firstPosition = found.FirstPosition;
        _group = new SpoolGroup(_nextPosition, new byte[SpoolLimits.ReadBytes]);
        foreach (var output in found.Outputs) _outputs.Add(output.Name, output);
        _committer = new SpoolCommitter(this, options, files, time, logger, found);
    }

    /// <summary>The position that the next record gets.</summary>
    public ulong NextPosition
    {
        get
        {
            lock (Gate) return _nextPosition;
        }
    }

    /// <summary>All records below are durable.</summary>
    public ulong DurablePosition => Volatile.Read(ref _durablePosition);

    /// <summary>The oldest record that is kept; the same as <see cref="DurablePosition"/> when there is none.</summary>
    public ulong FirstPosition => Volatile.Read(ref _firstPosition);

    /// <summary>How short the disk is.</summary>
    public SpoolPressure Pressure => _committer.Pressure;

    /// <summary>Bytes of all segments.</summary>
    public long Bytes
    {
        get
        {
            lock (Gate) return _segments.Sum(segment => segment.Bytes);
        }
    }

    internal bool IsStopped => Volatile.Read(ref _stopped);

    internal Lock Gate => State.Gate;

    internal ISpoolState State { get; }

    internal uint Salt { get; }

    /// <summary>Opens a spool or makes one; throws with a sentence for a person when the folder cannot be
    /// used.</summary>
    /// <param name="options">Checked here.</param>
    /// <param name="state">What is kept with the checkpoint: the ledger.</param>
    /// <param name="files">The folder; by default the one that the options name.</param>
    /// <param name="time">For age, ticks and the checkpoint's interval.</param>
    /// <param name="logger">See <see cref="SpoolLog"/>.</param>
    public static LogSpool Open(
        SpoolOptions options, ISpoolState state, ISpoolFiles? files = null, TimeProvider? time = null,
        ILogger? logger = null)
    {
        options.Check();
        logger ??= NullLogger.Instance;
        files ??= new FolderFiles(options.Folder);
        RecoveredSpool found;
        try
        {
            found = new SpoolRecovery(files, state, logger).Run();
        }
        catch (IOException exception)
        {
            throw new IOException(
                $"The spool in {files.Folder} cannot be opened: {exception.Message} "
                + "Check that the disk has space and works.",
                exception);
        }

        var spool = new LogSpool(options, state, files, time ?? TimeProvider.System, logger, found);
        SpoolLog.Opened(logger, files.Folder, found.FirstPosition, found.NextPosition, found.Replayed);
        spool._committer.Start();
        return spool;
    }

    /// <summary>
    /// Copies an entry into the group that is written next, and gives its position. Under the gate; the group's
    /// completion tells when it is durable.
    /// </summary>
    /// <param name="header">Filled in but for the positions.</param>
    /// <param name="origin">Copied.</param>
    /// <param name="records">Copied.</param>
    /// <param name="group">The group it went into.</param>
    /// <returns>False when nothing can be taken; nothing changed then.</returns>
    public bool TryAppend(
        ref EntryHeader header, ReadOnlySpan<byte> origin, ReadOnlySpan<byte> records, out SpoolGroup group)
    {
        System.Diagnostics.Debug.Assert(Gate.IsHeldByCurrentThread, "Positions are given under the gate.");
        group = _group;
        header.OriginBytes = origin.Length;
        header.RecordsBytes = records.Length;
        if (_stopped || group.Length + header.EntryBytes > SpoolLimits.GroupBytesMax) return false;
        header.Position = _nextPosition;
        header.GroupPosition = group.FirstPosition;
        group.Add(header, origin, records, Salt);
        _nextPosition = header.NextPosition;
        _committer.Signal();
        return true;
    }

    /// <summary>The open group, for a batch of which nothing is written but which must not be answered before what
    /// came earlier. Under the gate; null when the spool is closed.</summary>
    public SpoolGroup? Join()
    {
        if (_stopped) return null;
        _committer.Signal();
        return _group;
    }

    /// <summary>Opens the reader of an output, whose cursor is kept in the checkpoint. A new output begins at the
    /// oldest record.</summary>
    /// <param name="output">Its name.</param>
    /// <param name="fromPosition">Where to read, for an output that keeps its cursor itself: all below is taken as
    /// stored. The first entry may begin before it.</param>
    public SpoolReader OpenReader(string output, ulong? fromPosition = null)
    {
        lock (Gate)
        {
            if (!_outputs.TryGetValue(output, out var found))
            {
                if (_outputs.Count == SpoolLimits.OutputsMax)
                    throw new InvalidOperationException(
                        $"The spool has {SpoolLimits.OutputsMax} outputs already; remove one.");
                found = new SpoolOutput(
                    output, fromPosition is { } start ? Math.Min(start, _firstPosition) : _firstPosition);
                _outputs.Add(output, found);
                _committer.Changed();
            }

            if (fromPosition is { } from)
            {
                if (from < found.Cursor) found.Rewind(from);
                found.Expire(_firstPosition);
                found.Commit(Math.Min(from, _durablePosition));
                _committer.Changed();
            }

            return new SpoolReader(this, _files, found, found.Cursor, _logger);
        }
    }

    /// <summary>Opens a reader that no cursor belongs to and that holds nothing back, for the live tail and for
    /// searching what is in no block yet. What is deleted meanwhile it passes over.</summary>
    public SpoolReader OpenReader(ulong fromPosition) => new(this, _files, null, fromPosition, _logger);

    /// <summary>Forgets the cursors of all outputs that are not named, so that they hold nothing back any
    /// more.</summary>
    public void RetainOutputs(IReadOnlyCollection<string> names)
    {
        lock (Gate)
        {
            foreach (var name in _outputs.Keys.Except(names).ToList()) _outputs.Remove(name);
            _committer.Changed();
        }
    }

    /// <summary>Writes a checkpoint now and deletes what is consumed; false when it could not be written.</summary>
    public Task<bool> CheckpointAsync() => _committer.RequestCheckpointAsync();

    /// <summary>Stops taking entries, makes durable what was taken, and writes a checkpoint. Idempotent.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (Gate)
        {
            _stopped = true;
            Advance();
        }

        await _committer.StopAsync().ConfigureAwait(false);
    }

    /// <summary>The cursors, under the gate.</summary>
    internal IReadOnlyCollection<SpoolOutput> Outputs => _outputs.Values;

    /// <summary>The segments, under the gate; the committer alone changes the list.</summary>
    internal List<SpoolSegment> Segments => _segments;

    /// <summary>Takes the open group to write it, and opens another. Null when there is nothing to do.</summary>
    internal SpoolGroup? TakeGroup()
    {
        lock (Gate)
        {
            if (_group.IsEmpty) return null;
            var taken = _group;
            _group = new SpoolGroup(_nextPosition, _spareBuffer ?? new byte[SpoolLimits.ReadBytes]);
            _spareBuffer = null;
            return taken;
        }
    }

    /// <summary>The group is durable, as the end of the segment.</summary>
    internal void Publish(SpoolGroup group, SpoolSegment? segment)
    {
        lock (Gate)
        {
            if (segment is not null)
            {
                foreach (var (header, offset) in group.Entries) segment.Add(header, segment.DataEnd + offset);
                segment.DataEnd += group.Length;
                segment.Bytes = segment.DataEnd;
                segment.EndPosition = group.Entries[^1].Header.NextPosition;
                Volatile.Write(ref _durablePosition, segment.EndPosition);
            }

            State.Complete(group, durable: true);
            if (group.Buffer.Length <= SpoolLimits.GroupBufferBytesKept) _spareBuffer = group.Buffer;
            Advance();
        }

        group.Finish(durable: true);
    }

    /// <summary>The group could not be written. What came after it goes with it: were it kept, a later sequence would
    /// be durable while an earlier one is not, and the earlier one's resend would be taken for a duplicate.</summary>
    internal void Fail(SpoolGroup group)
    {
        SpoolGroup next;
        lock (Gate)
        {
            next = _group;
            _nextPosition = _durablePosition;
            _group = new SpoolGroup(_nextPosition, group.Buffer);
            State.Complete(next, durable: false);
            State.Complete(group, durable: false);
        }

        group.Finish(durable: false);
        next.Finish(durable: false);
    }

    /// <summary>Deletes segments from the list: the first so many. Under the gate.</summary>
    internal void RemoveFirst(int count)
    {
        var first = _segments[count].FirstPosition;
        foreach (var output in _outputs.Values)
        {
            var before = output.Expired;
            output.Expire(first);
            if (output.Expired > before) SpoolLog.Expired(_logger, first, output.Name, output.Expired - before);
        }

        _segments.RemoveRange(0, count);
        Volatile.Write(ref _firstPosition, first);
    }

    /// <summary>The segment that holds a position below the durable end. Null when there is none: it is deleted, or its
    /// file is missing, and what is there begins at <paramref name="holeEnd"/>.</summary>
    internal SpoolSegment? Find(ulong position, out ulong holeEnd)
    {
        lock (Gate)
        {
            holeEnd = _durablePosition;
            for (var i = _segments.Count - 1; i >= 0; i--)
            {
                if (_segments[i].FirstPosition > position) holeEnd = _segments[i].FirstPosition;
                else return position < _segments[i].EndPosition ? _segments[i] : null;
            }

            return null;
        }
    }

    /// <summary>Completes when something more is durable, or the spool is closed.</summary>
    internal Task? Advanced(ulong position)
    {
        lock (Gate)
        {
            if (_stopped || _durablePosition > position) return null;
            _advanced ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _advanced.Task;
        }
    }

    /// <summary>How far a segment may be read now.</summary>
    internal void Look(SpoolSegment segment, out ulong endPosition, out long dataEnd)
    {
        lock (Gate) (endPosition, dataEnd) = (segment.EndPosition, segment.DataEnd);
    }

    internal void Commit(SpoolOutput output, ulong position)
    {
        lock (Gate)
        {
            output.Commit(Math.Min(position, _durablePosition));
            _committer.Changed();
            if (_segments.Count > 1 && _segments[0].EndPosition <= position) _committer.Signal();
        }
    }

    private void Advance()
    {
        _advanced?.TrySetResult();
        _advanced = null;
    }
}
