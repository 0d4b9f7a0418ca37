using System.Collections.Concurrent;
using Culvert.Collector.Spool;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Store;

/// <summary>
/// Writes what comes from the spool into blocks, in order. A commit carries the cursor with the blocks, so reading goes
/// on at <see cref="Cursor"/> after a crash and every record is stored exactly once.
/// </summary>
/// <remarks>One thread at a time, except <see cref="Stats"/>, <see cref="Progress"/> and <see cref="Cursor"/>. One
/// writer for each folder: the collector's lock on the data folder sees to it.</remarks>
internal sealed class StoreWriter : IDisposable
{
    private readonly StoreOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly StoreKillPoints _killPoints;
    private readonly StoreFolder _folder;
    private readonly PendingRecords _pending = new();
    private readonly SmallBlocks _small = new();
    private readonly ConcurrentBag<BlockWorker> _workers = [];
    private readonly ConcurrentBag<EncodedBlock> _blocks = [];
    private readonly ConcurrentDictionary<string, long> _progress;
    private StoreFile? _file;
    private long _commits;
    private long _pendingCount;
    private long _oldestPendingTimestamp;
    private ulong _cursor;

    private StoreWriter(StoreOptions options, ILogger logger, TimeProvider time, StoreKillPoints killPoints)
    {
        (_options, _logger, _time, _killPoints) = (options, logger, time, killPoints);
        _folder = new StoreFolder(options, logger, time, killPoints);
        _file = _folder.OpenNewest();
        if (_file is not null) _small.Reset(_file.InitialBlocks);
        _cursor = _file?.Meta.Cursor ?? 0;
        _progress = new ConcurrentDictionary<string, long>(_file?.ReadProgress() ?? []);
        Next = _cursor;
    }

    /// <summary>Opens the folder for writing, sets damaged files aside, and finds where to go on.</summary>
    public static StoreWriter Open(
        StoreOptions options, ILogger logger, TimeProvider? time = null, StoreKillPoints? killPoints = null)
    {
        options.Check();
        return new StoreWriter(options, logger, time ?? TimeProvider.System, killPoints ?? StoreKillPoints.None);
    }

    /// <summary>All below this position is in blocks on disk: where the spool's reader starts, and what it may let
    /// go.</summary>
    public ulong Cursor => Volatile.Read(ref _cursor);

    /// <summary>The position after the last record that was added.</summary>
    public ulong Next { get; private set; }

    /// <summary>How far the source was read, by keys of the caller's, as of the last commit: for a store that is
    /// written from elsewhere than a spool, whose cursor is one number. Any thread.</summary>
    public IReadOnlyDictionary<string, long> Progress => _progress;

    /// <summary>Whether something waits for a commit.</summary>
    public bool HasPending => Next != Cursor;

    /// <summary>Whether enough has gathered, or has waited long enough, for a commit.</summary>
    public bool IsDue =>
        _pending.Count >= StoreLimits.CommitRecords || _pending.Bytes >= StoreLimits.CommitBytes
        || (HasPending && DueIn <= TimeSpan.Zero);

    /// <summary>How long what waits may still wait.</summary>
    public TimeSpan DueIn =>
        HasPending ? _options.FlushAfter - _time.GetElapsedTime(_oldestPendingTimestamp) : Timeout.InfiniteTimeSpan;

    public StoreStats Stats
    {
        get
        {
            var (files, bytes, stored, expired) = _folder.Totals;
            var cursor = Cursor;
            return new StoreStats(
                cursor, stored, expired, (long)cursor - stored - expired, Volatile.Read(ref _pendingCount),
                files, bytes,
                Volatile.Read(ref _commits));
        }
    }

    /// <summary>Takes an entry; the next in order, or one that was given before. The memory is copied. Call
    /// <see cref="Commit"/> when <see cref="IsDue"/>.</summary>
    public void Add(in SpoolEntry entry)
    {
        if (entry.NextPosition <= Next) return;
        if (!HasPending) _oldestPendingTimestamp = _time.GetTimestamp();
        if (entry.Position > Next) StoreLog.RecordsMissing(_logger, entry.Position - Next, entry.Position);
        var skip = entry.Position < Next ? (int)(Next - entry.Position) : 0;
        var read = _pending.Add(entry, skip);
        if (read < entry.RecordCount)
            StoreLog.EntryUnreadable(_logger, entry.Position, entry.RecordCount - Math.Max(read, skip));
        Next = entry.NextPosition;
        Volatile.Write(ref _pendingCount, _pending.Count);
    }

    /// <summary>Writes what waits into blocks, with the cursor, durably. When it throws (a full disk), nothing was
    /// written and all still waits.</summary>
    /// <param name="progress">What changes of <see cref="Progress"/> in the same transaction; null removes a
    /// key.</param>
    public void Commit(IReadOnlyDictionary<string, long?>? progress = null)
    {
        if (!HasPending && progress is not { Count: > 0 }) return;
        var file = FileForNow();
        var isFirst = file.IsNew;
        List<BlockJob> jobs = [];
        try
        {
            jobs = Build(file);
            file.Begin();
            var added = Write(file, jobs);
            file.Commit(NextMeta(file, jobs), isFirst ? AllProgress(progress) : progress, () => _killPoints.Reached(
                isFirst ? StoreKillPoints.BeforeFirstCommit : StoreKillPoints.BeforeCommit));
            foreach (var block in added) _small.Add(block);
        }
        catch (Exception exception)
        {
            file.Rollback();
            _small.Reset(file.IsNew ? [] : file.ReadBlocks(out _));
            throw new StoreException(
                $"The store file {file.FilePath} cannot be written: {exception.Message}", exception);
        }
        finally
        {
            foreach (var block in jobs.SelectMany(job => job.Blocks)) _blocks.Add(block);
        }

        foreach (var (key, value) in progress ?? new Dictionary<string, long?>())
        {
            if (value is { } number) _progress[key] = number;
            else _progress.TryRemove(key, out _);
        }

        _pending.Clear();
        Volatile.Write(ref _pendingCount, 0);
        Volatile.Write(ref _commits, _commits + 1);
        Volatile.Write(ref _cursor, Next);
        _folder.NoteCommitted(file);
        _killPoints.Reached(StoreKillPoints.AfterCommit);
    }

    /// <summary>Deletes the files that retention says must go.</summary>
    public void ApplyRetention()
    {
        if (_file is { IsNew: false }) _folder.ApplyRetention(_file);
    }

    /// <summary>Closes the file. What waits is not committed: it is in the spool.</summary>
    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
        while (_workers.TryTake(out var worker)) worker.Dispose();
    }

    /// <summary>What a new file takes over, so that the newest one always has all of it.</summary>
    private Dictionary<string, long?> AllProgress(IReadOnlyDictionary<string, long?>? changes)
    {
        var all = _progress.ToDictionary(pair => pair.Key, pair => (long?)pair.Value);
        foreach (var (key, value) in changes ?? new Dictionary<string, long?>())
        {
            if (value is null) all.Remove(key);
            else all[key] = value;
        }

        return all;
    }

    private StoreFile FileForNow()
    {
        var today = DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime);
        if (_file is not null && (_file.IsNew || (_file.Name.Day >= today && _file.Bytes < _options.FileBytes)))
            return _file;
        StoreFile next;
        try
        {
            next = _folder.Begin(_file, Cursor, today);
        }
        catch (Exception exception) when (exception is Microsoft.Data.Sqlite.SqliteException or IOException
            or UnauthorizedAccessException)
        {
            throw new StoreException(
                $"No new store file can be begun in {_options.Folder}: {exception.Message}", exception);
        }

        _file?.Dispose();
        _small.Reset([]);
        return _file = next;
    }

    private List<BlockJob> Build(StoreFile file)
    {
        if (_pending.Count == 0) return [];
        var order = _pending.Order(out var ends);
        var numbers = new int[_pending.GroupCount];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = file.NumberOf(_pending.GroupSource(i));
        var jobs = BlockPlan.Make(_pending, ends, _small);
        // The file's connection is used by one thread: blocks to merge are read here, the others are built in parallel.
        foreach (var job in jobs.Where(job => job.Merges.Length > 0)) BuildOne(job, order, numbers, file);
        Parallel.ForEach(
            jobs.Where(job => job.Merges.Length == 0),
            new ParallelOptions { MaxDegreeOfParallelism = Math.Min(Environment.ProcessorCount, 4) },
            job => BuildOne(job, order, numbers, file));
        return jobs;
    }

    private void BuildOne(BlockJob job, int[] order, int[] numbers, StoreFile file)
    {
        if (!_workers.TryTake(out var worker)) worker = new BlockWorker();
        try
        {
            Merge(job, worker, file);
            for (var i = job.Start; i < job.End; i++)
            {
                if (worker.Builder.IsFull) Finish(job, worker);
                ref readonly var pending = ref _pending[order[i]];
                worker.Builder.Add(_pending.Get(pending), numbers[pending.Group]);
            }

            Finish(job, worker);
        }
        finally
        {
            worker.Builder.Clear();
            _workers.Add(worker);
        }
    }

    private void Merge(BlockJob job, BlockWorker worker, StoreFile file)
    {
        try
        {
            foreach (var merged in job.Merges) worker.AddAll(merged, file);
        }
        catch (BlockDamagedException exception)
        {
            // It stays where it is, and searches report it.
            StoreLog.BlockDamaged(
                _logger, file.FilePath, exception.Message, job.Merges.Sum(block => block.Summary.Records));
            worker.Builder.Clear();
            job.Merges = [];
        }
    }

    private void Finish(BlockJob job, BlockWorker worker)
    {
        if (!_blocks.TryTake(out var block)) block = new EncodedBlock();
        worker.Builder.Build(block);
        job.Blocks.Add(block);
    }

    private static List<BlockEntry> Write(StoreFile file, List<BlockJob> jobs)
    {
        var added = new List<BlockEntry>(jobs.Count);
        foreach (var job in jobs)
        {
            foreach (var merged in job.Merges) file.Remove(merged.Id);
            foreach (var block in job.Blocks) added.Add(new BlockEntry(file.Add(block), block.Summary));
        }

        return added;
    }

    private StoreMeta NextMeta(StoreFile file, List<BlockJob> jobs)
    {
        var meta = file.Meta.Clone();
        meta.Cursor = Next;
        meta.Records += _pending.Count;
        meta.Merged += jobs.Sum(job => (long)job.Merges.Length);
        meta.LastObservedNs = Math.Max(meta.LastObservedNs, _pending.LastObservedNs);
        return meta;
    }
}
