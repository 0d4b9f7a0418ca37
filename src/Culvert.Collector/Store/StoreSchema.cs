using Microsoft.Data.Sqlite;

namespace Culvert.Collector.Store;

/// <summary>The tables of one store file, and how it is opened.</summary>
internal static class StoreSchema
{
    public const int Version = 1;

    // A filter of 16 KB and a block of 150 KB then take few pages, and so few reads.
    private const int PageBytes = 16 * 1024;
    private const int BusyTimeoutMs = 10_000;

    public static SqliteConnection OpenForWriting(string path)
    {
        var connection = Open(path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            // Full: a commit is on disk before the spool hears of it and may delete what it covers.
            Execute(connection, $"PRAGMA page_size={PageBytes}; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                + "PRAGMA cache_size=-4096; PRAGMA wal_autocheckpoint=1000;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static SqliteConnection OpenForReading(string path) => Open(path, SqliteOpenMode.ReadOnly);

    public static void Create(SqliteConnection connection) => Execute(connection, $"""
        CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE source (id INTEGER PRIMARY KEY, encoded BLOB NOT NULL);
        CREATE TABLE block (id INTEGER PRIMARY KEY AUTOINCREMENT, summary BLOB NOT NULL);
        CREATE TABLE filter (id INTEGER PRIMARY KEY, bits BLOB NOT NULL);
        CREATE TABLE data (id INTEGER PRIMARY KEY, columns BLOB NOT NULL);
        PRAGMA user_version={Version};
        """);

    /// <summary>The table of the progress, which only a store has that is written from elsewhere than a
    /// spool.</summary>
    public static void CreateProgress(SqliteConnection connection) => Execute(
        connection,
        "CREATE TABLE IF NOT EXISTS progress (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID");

    public static Dictionary<string, long> ReadProgress(SqliteConnection connection) =>
        ReadNumbers(connection, "progress");

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() is long value ? value : 0;
    }

    /// <summary>The file's numbers by name; empty when its first transaction was never committed.</summary>
    public static Dictionary<string, long> ReadMeta(SqliteConnection connection) => ReadNumbers(connection, "meta");

    private static Dictionary<string, long> ReadNumbers(SqliteConnection connection, string table)
    {
        var numbers = new Dictionary<string, long>();
        if (Scalar(connection, $"SELECT count(*) FROM sqlite_schema WHERE name='{table}'") == 0) return numbers;
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT key, value FROM {table}";
        using var reader = command.ExecuteReader();
        while (reader.Read()) numbers[reader.GetString(0)] = reader.GetInt64(1);
        return numbers;
    }

    private static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            // Pooled connections would keep deleted files open.
            Pooling = false,
            DefaultTimeout = BusyTimeoutMs / 1000,
        }.ToString());
        try
        {
            connection.Open();
            Execute(connection, $"PRAGMA busy_timeout={BusyTimeoutMs}");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
