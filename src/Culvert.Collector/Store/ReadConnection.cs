using Microsoft.Data.Sqlite;

namespace Culvert.Collector.Store;

/// <summary>A connection of one reader to one store file, inside a transaction: it sees the file as it was when
/// <see cref="Begin"/> was called, whatever the writer does. One thread at a time.</summary>
internal sealed class ReadConnection : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _selectData;
    private readonly SqliteStatement _selectFilter;
    private readonly SqliteStatement _selectBlocks;

    public ReadConnection(string path)
    {
        _connection = StoreSchema.OpenForReading(path);
        try
        {
            _selectData = new(_connection, "SELECT columns FROM data WHERE id=?1");
            _selectFilter = new(_connection, "SELECT bits FROM filter WHERE id=?1");
            _selectBlocks = new(_connection, "SELECT id, summary FROM block WHERE id>?1 ORDER BY id");
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>As of <see cref="Begin"/>.</summary>
    public StoreMeta Meta { get; private set; } = new();

    /// <summary>Fixes what is seen.</summary>
    public void Begin()
    {
        StoreSchema.Execute(_connection, "BEGIN");
        Meta = StoreMeta.From(StoreSchema.ReadMeta(_connection));
    }

    public void End()
    {
        _selectData.Reset();
        _selectFilter.Reset();
        StoreSchema.Execute(_connection, "COMMIT");
    }

    /// <summary>The blocks behind an id.</summary>
    public List<BlockEntry> ReadBlocks(long behind, out int damaged)
    {
        _selectBlocks.Bind(1, behind);
        return BlockEntry.ReadAll(_selectBlocks, out damaged);
    }

    /// <summary>The ids of all blocks.</summary>
    public HashSet<long> ReadIds()
    {
        using var select = new SqliteStatement(_connection, "SELECT id FROM block");
        var ids = new HashSet<long>();
        while (select.Step()) ids.Add(select.Int64(0));
        return ids;
    }

    /// <summary>The sources behind a number.</summary>
    public Dictionary<int, byte[]> ReadSources(int behind)
    {
        using var select = new SqliteStatement(_connection, "SELECT id, encoded FROM source WHERE id>?1");
        select.Bind(1, behind);
        var sources = new Dictionary<int, byte[]>();
        while (select.Step()) sources[(int)select.Int64(0)] = select.Blob(1).ToArray();
        return sources;
    }

    /// <summary>The block's columns, in memory that is valid until the next call.</summary>
    public ReadOnlySpan<byte> ReadData(long id) => Read(_selectData, id);

    /// <summary>The block's token filter, in memory that is valid until the next call.</summary>
    public ReadOnlySpan<byte> ReadFilter(long id) => Read(_selectFilter, id);

    public void Dispose()
    {
        _selectData.Dispose();
        _selectFilter.Dispose();
        _selectBlocks.Dispose();
        _connection.Dispose();
    }

    private static ReadOnlySpan<byte> Read(SqliteStatement select, long id)
    {
        select.Reset();
        return select.Bind(1, id).Step() ? select.Blob(0) : default;
    }
}
