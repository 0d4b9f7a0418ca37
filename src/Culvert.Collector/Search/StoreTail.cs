using Culvert.Collector.Query;
using Culvert.Collector.Records;
using Culvert.Collector.Store;

namespace Culvert.Collector.Search;

/// <summary>Follows the store and the spool behind it; a cursor is a position.</summary>
internal sealed class StoreTail(LogStore store, LogQuery query, ulong cursor) : ISearchTail
{
    private LogTail _tail = store.OpenTail(query, Math.Min(cursor, store.End));

    public ulong Cursor => _tail.Position;

    public ulong CursorBehind(in StoredRecord record) => record.Position + 1;

    public ValueTask<ulong> SkipAsync(CancellationToken cancellationToken)
    {
        var end = store.End;
        var from = Math.Min(_tail.Position, end);
        if (end - from <= SearchLimits.TailBehindMax) return new ValueTask<ulong>(0UL);
        var target = end - SearchLimits.TailResumeBehind;
        _tail.Dispose();
        _tail = store.OpenTail(query, target);
        return new ValueTask<ulong>(target - from);
    }

    public ValueTask<bool> ReadAsync(RecordVisitor visit, CancellationToken cancellationToken) =>
        new(_tail.Read(visit, cancellationToken));

    public ValueTask WaitAsync(CancellationToken cancellationToken) => _tail.WaitAsync(cancellationToken);

    public void Dispose() => _tail.Dispose();
}
