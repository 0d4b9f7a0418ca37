namespace Culvert.Collector.Store;

/// <summary>Keeps the newest results of a search that still runs, within a limit of records and of bytes. Any
/// thread.</summary>
internal sealed class ResultHeap(int recordsMax, int bytesMax)
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<RecordCopy, SearchCursor> _oldestFirst = new();
    private long _bytes;

    // Written under the lock, read without: a stale threshold only lets a record in that the lock then turns away.
    private Threshold _threshold = new(new SearchCursor(long.MinValue, 0), false);

    /// <summary>Whether a record at this place can still be among the newest.</summary>
    public bool Accepts(SearchCursor cursor)
    {
        var threshold = Volatile.Read(ref _threshold);
        return !threshold.IsFull || cursor.CompareTo(threshold.Oldest) > 0;
    }

    /// <summary>Whether records no newer than this time can all be left out.</summary>
    public bool IsBeyond(long maxTimeNs)
    {
        var threshold = Volatile.Read(ref _threshold);
        return threshold.IsFull && maxTimeNs < threshold.Oldest.TimeNs;
    }

    /// <summary>Whether results were left out for want of room, so that another page is needed.</summary>
    public bool WasFull => Volatile.Read(ref _threshold).IsFull;

    public void Add(RecordCopy record)
    {
        lock (_lock)
        {
            if (_threshold.IsFull && record.Cursor.CompareTo(_threshold.Oldest) <= 0) return;
            _oldestFirst.Enqueue(record, record.Cursor);
            _bytes += record.Bytes;
            while (_oldestFirst.Count > recordsMax || (_bytes > bytesMax && _oldestFirst.Count > 1)) Evict();
            if (_oldestFirst.Count == recordsMax) Fill(_oldestFirst.Peek().Cursor);
        }
    }

    /// <summary>The results, newest first.</summary>
    public RecordCopy[] Take()
    {
        lock (_lock)
        {
            var results = new RecordCopy[_oldestFirst.Count];
            for (var i = results.Length - 1; i >= 0; i--) results[i] = _oldestFirst.Dequeue();
            return results;
        }
    }

    private void Evict()
    {
        var evicted = _oldestFirst.Dequeue();
        _bytes -= evicted.Bytes;
        // What was evicted for its bytes is for the next page, and so is everything older.
        Fill(evicted.Cursor);
    }

    private void Fill(SearchCursor oldest)
    {
        if (!_threshold.IsFull || oldest.CompareTo(_threshold.Oldest) > 0)
            Volatile.Write(ref _threshold, new Threshold(oldest, true));
    }

    private sealed record Threshold(SearchCursor Oldest, bool IsFull);
}
