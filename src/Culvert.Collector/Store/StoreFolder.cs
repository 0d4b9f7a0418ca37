using Culvert.Records;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Store;

/// <summary>The files of the store as the writer keeps them: opening, setting damaged ones aside, rolling,
/// retention.</summary>
internal sealed class StoreFolder
{
    private readonly StoreOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly StoreKillPoints _killPoints;
    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, SealedFile> _sealed = [];
    private long _newestBytes, _newestRecords, _expired;
    private bool _hasNewest;
    private int _lastNumber;

    public StoreFolder(StoreOptions options, ILogger logger, TimeProvider time, StoreKillPoints killPoints)
    {
        (_options, _logger, _time, _killPoints) = (options, logger, time, killPoints);
        MakeFolder();
    }

    /// <summary>Files, their bytes, their records, and the records that retention deleted. Any thread.</summary>
    public (int Files, long Bytes, long Stored, long Expired) Totals
    {
        get
        {
            lock (_lock)
            {
                return (_sealed.Count + (_hasNewest ? 1 : 0), _newestBytes + _sealed.Values.Sum(file => file.Bytes),
                    _newestRecords + _sealed.Values.Sum(file => file.Records), _expired);
            }
        }
    }

    /// <summary>The newest intact file, to go on with; null when there is none. Files that cannot be read are
    /// renamed.</summary>
    public StoreFile? OpenNewest()
    {
        StoreFile? newest = null;
        var names = StoreFileName.List(_options.Folder);
        if (names.Count > 0) _lastNumber = names[^1].Number;
        for (var i = names.Count - 1; i >= 0; i--)
        {
            var path = names[i].In(_options.Folder);
            try
            {
                if (newest is not null && names[i].Number <= newest.Meta.ExpiredFile) DeleteFile(names[i], 0);
                else if (newest is null) newest = OpenOrDelete(names[i], path);
                else _sealed.Add(names[i].Number, SealedFile.Read(names[i], path));
            }
            catch (Exception exception) when (exception is SqliteException { SqliteErrorCode: 11 or 26 }
                or InvalidDataException)
            {
                SetAside(path, exception.Message);
            }
        }

        if (newest is not null) NoteCommitted(newest);
        return newest;
    }

    /// <summary>Begins the next file. It takes over the cursor and the counts with its first commit.</summary>
    public StoreFile Begin(StoreFile? previous, ulong cursor, DateOnly day)
    {
        var meta = new StoreMeta
        {
            Cursor = cursor,
            FirstPosition = cursor,
            CreatedNs = UnixTime.NowNs(_time),
            Expired = previous?.Meta.Expired ?? 0,
            ExpiredFile = previous?.Meta.ExpiredFile ?? 0,
        };
        var name = new StoreFileName(++_lastNumber, day);
        var file = StoreFile.Create(name, _options.Folder, meta);
        if (previous is not null)
        {
            lock (_lock) _sealed[previous.Name.Number] = new SealedFile(
                previous.Name, previous.Bytes, previous.Meta.Records, previous.Meta.LastObservedNs);
        }

        StoreLog.FileBegun(_logger, file.FilePath, cursor);
        return file;
    }

    public void NoteCommitted(StoreFile file)
    {
        lock (_lock)
        {
            (_hasNewest, _newestBytes, _newestRecords, _expired) =
                (true, file.Bytes, file.Meta.Records, file.Meta.Expired);
        }
    }

    /// <summary>Deletes the oldest files as long as one is too old or all are too large together; never the
    /// newest.</summary>
    public void ApplyRetention(StoreFile newest)
    {
        var oldestNs = UnixTime.ToNs(_time.GetUtcNow() - _options.MaxAge);
        var maxBytes = _options.MaxBytes ?? TenthOfDisk();
        while (Oldest() is { } file && (file.LastObservedNs < oldestNs || Totals.Bytes > maxBytes))
        {
            // Counted first, in the newest file: a crash in between deletes the file at the next start, counted once.
            var meta = newest.Meta.Clone();
            meta.Expired += file.Records;
            meta.ExpiredFile = file.Name.Number;
            newest.Begin();
            newest.Commit(meta);
            NoteCommitted(newest);
            lock (_lock) _sealed.Remove(file.Name.Number);
            _killPoints.Reached(StoreKillPoints.BeforeDelete);
            if (!DeleteFile(file.Name, file.Records)) return;
        }
    }

    private void MakeFolder()
    {
        if (Directory.Exists(_options.Folder)) return;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(_options.Folder);
        else Directory.CreateDirectory(
            _options.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private StoreFile? OpenOrDelete(StoreFileName name, string path)
    {
        if (StoreFile.TryOpen(name, _options.Folder) is { } file) return file;
        StoreFile.Delete(path);
        return null;
    }

    private SealedFile? Oldest()
    {
        lock (_lock) return _sealed.Count == 0 ? null : _sealed.First().Value;
    }

    private bool DeleteFile(StoreFileName name, long records)
    {
        var path = name.In(_options.Folder);
        try
        {
            StoreFile.Delete(path);
            StoreLog.FileExpired(_logger, path, records);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            StoreLog.DeleteFailed(_logger, path, exception.Message);
            return false;
        }
    }

    private void SetAside(string path, string problem)
    {
        var damaged = path + StoreFileName.DamagedExtension;
        for (var i = 1; File.Exists(damaged); i++) damaged = $"{path}.{i}{StoreFileName.DamagedExtension}";
        File.Move(path, damaged);
        // The log belongs to the file: beside another file of that name SQLite would apply it to that one.
        if (File.Exists(path + "-wal")) File.Move(path + "-wal", damaged + "-wal", overwrite: true);
        File.Delete(path + "-shm");
        StoreLog.FileSetAside(_logger, path, problem, damaged);
    }

    private long TenthOfDisk()
    {
        try
        {
            return new DriveInfo(Path.GetFullPath(_options.Folder)).TotalSize / 10;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return long.MaxValue;
        }
    }
}
