using System.Collections.Concurrent;
using Culvert.Collector.Records;

namespace Culvert.Collector.Store;

/// <summary>A store file as readers see it: connections to reuse, and what was read of it already. Any
/// thread.</summary>
internal sealed class StoreFileView(StoreFileName name, string path) : IDisposable
{
    private readonly ConcurrentBag<ReadConnection> _connections = [];
    private readonly Lock _lock = new();
    private readonly Dictionary<int, Source> _sources = [];
    private readonly ConcurrentDictionary<long, bool> _filterIntact = [];
    private List<StoredBlock> _blocks = [];
    private long _lastId;
    private long _merged = -1;
    private int _maxSource;
    private volatile bool _disposed;

    public StoreFileName Name { get; } = name;

    public string FilePath { get; } = path;

    /// <summary>The blocks, once the file is known to be sealed: they change no more.</summary>
    public StoredBlock[]? SealedBlocks { get; set; }

    /// <summary>Rows whose summary is damaged, so that not even their number of records is known.</summary>
    public int DamagedSummaries { get; private set; }

    /// <summary>A connection in a transaction; give it back.</summary>
    public ReadConnection Rent()
    {
        if (!_connections.TryTake(out var connection)) connection = new ReadConnection(FilePath);
        try
        {
            connection.Begin();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Return(ReadConnection connection)
    {
        try
        {
            connection.End();
            _connections.Add(connection);
            if (_disposed) Drain();
        }
        catch (Microsoft.Data.Sqlite.SqliteException)
        {
            connection.Dispose();
        }
    }

    /// <summary>The file's blocks as the connection sees them.</summary>
    public StoredBlock[] Blocks(ReadConnection connection)
    {
        lock (_lock)
        {
            if (_merged != connection.Meta.Merged) Reconcile(connection);
            Extend(connection);
            // A connection that began earlier than another must not see what the other one brought in: its tail begins
            // at its own cursor, so those records would be found twice.
            return [.. _blocks.Where(block => block.Summary.LastPosition < connection.Meta.Cursor)];
        }
    }

    /// <summary>Fills the probe with the block's filter; false when there is none that can be trusted.</summary>
    public bool TryOpenFilter(ReadConnection connection, StoredBlock block, TokenProbe probe)
    {
        var bytes = connection.ReadFilter(block.Id);
        if (bytes.IsEmpty) return false;
        if (!_filterIntact.TryGetValue(block.Id, out var isIntact))
        {
            isIntact = TokenFilter.IsIntact(bytes);
            _filterIntact[block.Id] = isIntact;
        }

        if (isIntact) probe.Open(bytes);
        return isIntact;
    }

    public void Dispose()
    {
        _disposed = true;
        Drain();
    }

    /// <summary>Forgets the blocks that were merged into others since.</summary>
    private void Reconcile(ReadConnection connection)
    {
        var ids = connection.ReadIds();
        _blocks = [.. _blocks.Where(block => ids.Contains(block.Id))];
        _lastId = _blocks.Count == 0 ? 0 : _blocks[^1].Id;
        _merged = connection.Meta.Merged;
    }

    private void Extend(ReadConnection connection)
    {
        foreach (var (number, encoded) in connection.ReadSources(_maxSource))
        {
            _sources[number] = Source.Decode(encoded);
            _maxSource = Math.Max(_maxSource, number);
        }

        var blocks = connection.ReadBlocks(_lastId, out var damaged);
        DamagedSummaries = Math.Max(DamagedSummaries, damaged);
        if (blocks.Count == 0) return;
        // A copy, because earlier snapshots hold the old list.
        _blocks = [.. _blocks, .. blocks.Select(
            entry => new StoredBlock(this, entry.Id, entry.Summary, SourcesOf(entry.Summary)))];
        _lastId = blocks[^1].Id;
    }

    private Source[] SourcesOf(BlockSummary summary)
    {
        // A source whose row is lost is shown as unknown; the records are still found.
        return Array.ConvertAll(
            summary.Sources, number => _sources.TryGetValue(number, out var source) ? source : Unknown);
    }

    private static Source Unknown { get; } =
        Source.From(Culvert.Records.AttributeWriter.Encode([]), Culvert.Records.AttributeWriter.Encode([]));

    private void Drain()
    {
        while (_connections.TryTake(out var connection)) connection.Dispose();
    }
}
