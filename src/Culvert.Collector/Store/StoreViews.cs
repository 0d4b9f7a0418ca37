using Microsoft.Data.Sqlite;

namespace Culvert.Collector.Store;

/// <summary>The files of the store for readers, as they come and go. Any thread.</summary>
internal sealed class StoreViews(string folder) : IDisposable
{
    // Sealed files of a big store: their lists of blocks are kept, but a file that was never asked for is not opened.
    private const int AttemptsMax = 100;

    private readonly Lock _lock = new();
    private Dictionary<StoreFileName, StoreFileView> _views = [];

    /// <summary>The store as it is now, for so many workers.</summary>
    public StoreSnapshot Take(int workers)
    {
        var views = Refresh();
        for (var i = views.Count - 1; i >= 0; i--)
        {
            var connections = new List<ReadConnection>();
            try
            {
                RentSame(views[i], workers, connections);
                if (IsBorn(connections[0])) return Take(views, i, connections);
                Return(views[i], connections);
            }
            catch (SqliteException exception) when (exception.SqliteErrorCode is 1 or 11 or 14 or 26)
            {
                // Being made, deleted or renamed at this moment, or damaged: the next older one is the newest that
                // counts.
                Return(views[i], connections);
            }
        }

        return new StoreSnapshot([], 0, new StoreMeta(), null, []);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var view in _views.Values) view.Dispose();
            _views = [];
        }
    }

    private static bool IsBorn(ReadConnection connection) => connection.Meta.CreatedNs != 0;

    private static StoreSnapshot Take(List<StoreFileView> views, int newest, List<ReadConnection> connections)
    {
        var blocks = new List<StoredBlock>();
        try
        {
            for (var i = 0; i < newest; i++) AddSealed(views[i], connections[0].Meta, blocks);
            blocks.AddRange(views[newest].Blocks(connections[0]));
            return new StoreSnapshot(
                [.. blocks], connections[0].Meta.Cursor, connections[0].Meta, views[newest], connections);
        }
        catch
        {
            Return(views[newest], connections);
            throw;
        }
    }

    private static void AddSealed(StoreFileView view, StoreMeta newest, List<StoredBlock> blocks)
    {
        if (view.Name.Number <= newest.ExpiredFile) return;
        if (view.SealedBlocks is { } known)
        {
            blocks.AddRange(known);
            return;
        }

        try
        {
            var connection = view.Rent();
            var read = view.Blocks(connection);
            view.Return(connection);
            view.SealedBlocks = read;
            blocks.AddRange(read);
        }
        catch (SqliteException)
        {
            // Deleted meanwhile, or damaged: the writer sets it aside at its next start.
        }
    }

    /// <summary>Rents connections that all see the same state: a commit in between starts over.</summary>
    private static void RentSame(StoreFileView view, int workers, List<ReadConnection> connections)
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            connections.Add(view.Rent());
            while (connections.Count < workers)
            {
                var next = view.Rent();
                connections.Add(next);
                if (next.Meta.Cursor != connections[0].Meta.Cursor) break;
            }

            if (connections.TrueForAll(connection => connection.Meta.Cursor == connections[0].Meta.Cursor)) return;
            Return(view, connections);
        }

        connections.Add(view.Rent());
    }

    private static void Return(StoreFileView view, List<ReadConnection> connections)
    {
        foreach (var connection in connections) view.Return(connection);
        connections.Clear();
    }

    private List<StoreFileView> Refresh()
    {
        var names = Directory.Exists(folder) ? StoreFileName.List(folder) : [];
        lock (_lock)
        {
            var views = new Dictionary<StoreFileName, StoreFileView>();
            foreach (var name in names)
                views[name] = _views.TryGetValue(name, out var known) ? known : new StoreFileView(
                    name, name.In(folder));
            foreach (var (name, view) in _views)
            {
                if (!views.ContainsKey(name)) view.Dispose();
            }

            _views = views;
            return [.. names.Select(name => views[name])];
        }
    }
}
