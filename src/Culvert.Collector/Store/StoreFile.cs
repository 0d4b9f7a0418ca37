using Culvert.Collector.Records;
using Microsoft.Data.Sqlite;

namespace Culvert.Collector.Store;

/// <summary>The newest file of the store, as its one writer sees it. One thread at a time.</summary>
internal sealed class StoreFile : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<Source, int> _sources = [];
    private readonly List<Source> _newSources = [];
    private SqliteStatement? _addSource, _addBlock, _addFilter, _addData, _putMeta, _deleteBlock, _deleteFilter,
    _deleteData;

    private StoreFile(StoreFileName name, string path, SqliteConnection connection, StoreMeta meta, bool isNew)
    {
        (Name, FilePath, _connection, Meta, IsNew) = (name, path, connection, meta, isNew);
        if (isNew) return;
        LoadSources();
        InitialBlocks = ReadBlocks(out _);
    }

    /// <summary>The blocks that were there when the file was opened.</summary>
    public List<BlockEntry> InitialBlocks { get; } = [];

    public StoreFileName Name { get; }

    public string FilePath { get; }

    /// <summary>As of the last commit.</summary>
    public StoreMeta Meta { get; private set; }

    /// <summary>Whether nothing was committed yet: then the file does not count, and a crash leaves nothing
    /// valid.</summary>
    public bool IsNew { get; private set; }

    /// <summary>Size on disk with its log, in bytes.</summary>
    public long Bytes => Length(FilePath) + Length(FilePath + "-wal");

    /// <summary>Begins a file; it comes to life with its first commit, which carries the cursor.</summary>
    public static StoreFile Create(StoreFileName name, string folder, StoreMeta meta)
    {
        var path = name.In(folder);
        Delete(path);
        return new StoreFile(name, path, StoreSchema.OpenForWriting(path), meta, isNew: true);
    }

    /// <summary>Opens a file to go on writing; null when its first commit never happened.</summary>
    public static StoreFile? TryOpen(StoreFileName name, string folder)
    {
        var path = name.In(folder);
        var connection = StoreSchema.OpenForWriting(path);
        try
        {
            var values = StoreSchema.ReadMeta(connection);
            if (values.Count > 0) return new StoreFile(name, path, connection, StoreMeta.From(values), isNew: false);
            connection.Dispose();
            return null;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Deletes a file with its log and index.</summary>
    public static void Delete(string path)
    {
        File.Delete(path);
        File.Delete(path + "-wal");
        File.Delete(path + "-shm");
    }

    /// <summary>The source's number in this file; a new one is written by the next commit.</summary>
    public int NumberOf(Source source)
    {
        if (_sources.TryGetValue(source, out var number)) return number;
        number = _sources.Count + 1;
        _sources.Add(source, number);
        _newSources.Add(source);
        return number;
    }

    /// <summary>Begins a transaction; readers go on beside it.</summary>
    public void Begin()
    {
        StoreSchema.Execute(_connection, "BEGIN IMMEDIATE");
        if (IsNew) StoreSchema.Create(_connection);
        Prepare();
    }

    /// <summary>Adds a block and returns its id.</summary>
    public long Add(EncodedBlock block)
    {
        _addBlock!.Bind(1, BlockSummaryLayout.Write(block.Summary)).Run();
        var id = SQLitePCL.raw.sqlite3_last_insert_rowid(_connection.Handle);
        _addFilter!.Bind(1, id).Bind(2, block.Filter).Run();
        _addData!.Bind(1, id).Bind(2, block.Columns.Written).Run();
        return id;
    }

    /// <summary>Takes out a block whose records were merged into another one in the same transaction.</summary>
    public void Remove(long id)
    {
        _deleteBlock!.Bind(1, id).Run();
        _deleteFilter!.Bind(1, id).Run();
        _deleteData!.Bind(1, id).Run();
    }

    /// <summary>How far the writer's source was read; see <see cref="StoreWriter.Progress"/>.</summary>
    public Dictionary<string, long> ReadProgress() => StoreSchema.ReadProgress(_connection);

    /// <summary>Makes all since <see cref="Begin"/> durable, with the new numbers.</summary>
    /// <param name="meta">The numbers.</param>
    /// <param name="progress">What changed of the progress; null removes a key.</param>
    /// <param name="beforeCommit">Runs last, for tests.</param>
    public void Commit(
        StoreMeta meta, IReadOnlyDictionary<string, long?>? progress = null, Action? beforeCommit = null)
    {
        WriteProgress(progress ?? new Dictionary<string, long?>());
        foreach (var source in _newSources) _addSource!.Bind(1, _sources[source]).Bind(2, source.Encoded.Span).Run();
        foreach (var (key, value) in meta.Values()) _putMeta!.Bind(1, key).Bind(2, value).Run();
        beforeCommit?.Invoke();
        StoreSchema.Execute(_connection, "COMMIT");
        _newSources.Clear();
        IsNew = false;
        Meta = meta;
    }

    /// <summary>Takes back what was not committed. Never throws: it runs when something failed already.</summary>
    public void Rollback()
    {
        try
        {
            StoreSchema.Execute(_connection, "ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite rolls back by itself on a full disk or an I/O error, and then there is nothing left to roll back.
        }

        if (IsNew) DisposeStatements();
    }

    /// <summary>The blocks, oldest first; those whose summary is damaged are left out and counted.</summary>
    public List<BlockEntry> ReadBlocks(out int damaged)
    {
        using var select = new SqliteStatement(_connection, "SELECT id, summary FROM block ORDER BY id");
        return BlockEntry.ReadAll(select, out damaged);
    }

    /// <summary>Opens one block of this file.</summary>
    public void Open(BlockEntry block, BlockReader reader)
    {
        using var select = new SqliteStatement(_connection, "SELECT columns FROM data WHERE id=?1");
        if (!select.Bind(1, block.Id).Step()) throw new BlockDamagedException("The block's columns are missing.");
        var byNumber = _sources.ToDictionary(pair => pair.Value, pair => pair.Key);
        var sources = Array.ConvertAll(block.Summary.Sources, number => byNumber.TryGetValue(number, out var source)
            ? source
            : throw new BlockDamagedException("A source of the block is missing."));
        reader.Open(select.Blob(0), block.Summary, sources);
    }

    public void Dispose()
    {
        DisposeStatements();
        _connection.Dispose();
    }

    private static long Length(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : 0;
    }

    private void WriteProgress(IReadOnlyDictionary<string, long?> progress)
    {
        if (progress.Count == 0) return;
        StoreSchema.CreateProgress(_connection);
        using var put = new SqliteStatement(
            _connection, "INSERT OR REPLACE INTO progress (key, value) VALUES (?1, ?2)");
        using var remove = new SqliteStatement(_connection, "DELETE FROM progress WHERE key=?1");
        foreach (var (key, value) in progress)
        {
            if (value is { } number) put.Bind(1, key).Bind(2, number).Run();
            else remove.Bind(1, key).Run();
        }
    }

    private void LoadSources()
    {
        using var select = new SqliteStatement(_connection, "SELECT id, encoded FROM source");
        while (select.Step()) _sources[Source.Decode(select.Blob(1))] = (int)select.Int64(0);
    }

    private void Prepare()
    {
        _addSource ??= new(_connection, "INSERT INTO source (id, encoded) VALUES (?1, ?2)");
        _addBlock ??= new(_connection, "INSERT INTO block (summary) VALUES (?1)");
        _addFilter ??= new(_connection, "INSERT INTO filter (id, bits) VALUES (?1, ?2)");
        _addData ??= new(_connection, "INSERT INTO data (id, columns) VALUES (?1, ?2)");
        _putMeta ??= new(_connection, "INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)");
        _deleteBlock ??= new(_connection, "DELETE FROM block WHERE id=?1");
        _deleteFilter ??= new(_connection, "DELETE FROM filter WHERE id=?1");
        _deleteData ??= new(_connection, "DELETE FROM data WHERE id=?1");
    }

    private void DisposeStatements()
    {
        foreach (var statement in (SqliteStatement?[])
            [_addSource, _addBlock, _addFilter, _addData, _putMeta, _deleteBlock, _deleteFilter, _deleteData])
        {
            statement?.Dispose();
        }

        (_addSource, _addBlock, _addFilter, _addData) = (null, null, null, null);
        (_putMeta, _deleteBlock, _deleteFilter, _deleteData) = (null, null, null, null);
    }
}
