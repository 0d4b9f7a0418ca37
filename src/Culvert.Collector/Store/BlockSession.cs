using Culvert.Collector.Query.Pruning;
using Microsoft.Data.Sqlite;

namespace Culvert.Collector.Store;

/// <summary>Reads blocks for one worker of one search; a block that is damaged is counted and said to be empty. One
/// thread at a time.</summary>
internal sealed class BlockSession(
    StoreFileView? newest, ReadConnection? newestConnection, SearchReport report, StoreContext context)
    : IDisposable
{
    private readonly TokenProbe _probe = new();
    private StoreFileView? _file;
    private ReadConnection? _connection;

    /// <summary>The block that was opened last.</summary>
    public BlockReader Reader { get; } = context.RentReader();

    /// <summary>Whether the block's records can match.</summary>
    public BlockVerdict Examine(StoredBlock block, StoreQuery query)
    {
        var verdict = query.Examine(block, null);
        if (verdict != BlockVerdict.Some || !query.AsksTokens) return verdict;
        try
        {
            if (ConnectionTo(block.File) is not { } connection) return BlockVerdict.None;
            return block.File.TryOpenFilter(connection, block, _probe) ? query.Examine(block, _probe) : verdict;
        }
        catch (SqliteException)
        {
            return verdict;
        }
    }

    /// <summary>Opens a block and loads columns; false when it is damaged, or was deleted by retention
    /// meanwhile.</summary>
    public bool TryOpen(StoredBlock block, ColumnSet columns)
    {
        try
        {
            if (ConnectionTo(block.File) is not { } connection) return false;
            var data = connection.ReadData(block.Id);
            if (data.IsEmpty) throw new BlockDamagedException("The block's columns are missing.");
            Reader.Open(data, block.Summary, block.Sources);
            Reader.Load(columns);
            report.CountRead(block.Summary.Records);
            return true;
        }
        catch (Exception exception) when (exception is BlockDamagedException or SqliteException)
        {
            context.ReportDamaged(block, exception.Message);
            report.CountDamaged(block.Summary.Records);
            return false;
        }
    }

    /// <summary>Runs over the records of the block that was opened; damage that shows only there is counted
    /// too.</summary>
    public void Guard(StoredBlock block, Action scan)
    {
        try
        {
            scan();
        }
        catch (BlockDamagedException exception)
        {
            context.ReportDamaged(block, exception.Message);
            report.CountDamaged(block.Summary.Records);
        }
    }

    public void Dispose()
    {
        Leave();
        context.Return(Reader);
    }

    private ReadConnection? ConnectionTo(StoreFileView file)
    {
        if (ReferenceEquals(file, newest)) return newestConnection;
        if (ReferenceEquals(file, _file)) return _connection;
        Leave();
        // A file that retention deleted since the snapshot has nothing more to find.
        if (!File.Exists(file.FilePath)) return null;
        (_file, _connection) = (file, file.Rent());
        return _connection;
    }

    private void Leave()
    {
        if (_connection is not null) _file!.Return(_connection);
        (_file, _connection) = (null, null);
    }
}
