using Culvert.Collector.Records;
using Culvert.Collector.Spool;
using Culvert.Records;

namespace Culvert.Collector.Store;

/// <summary>Reads the unblocked tail: the spool's entries from the store's cursor up to the spool's end as it was when
/// the scan was made. One thread, once.</summary>
internal sealed class TailScan : IDisposable
{
    private readonly ISpoolTailReader _reader;
    private readonly SourceTable _sources = new();
    private readonly ulong _start;
    private readonly ulong _end;
    private SpoolEntry _first;
    private bool _hasFirst;

    public TailScan(ISpoolTail tail, ulong start)
    {
        (_start, _end) = (start, tail.End);
        _reader = tail.Open(start);
        // The reader stands on the first entry from here on, so that the spool's retention cannot take it away.
        _hasFirst = start < _end && _reader.TryRead(out _first);
    }

    /// <summary>Whether it begins where it should.</summary>
    public bool IsWhole => _start >= _end || (_hasFirst && _first.Position <= _start);

    /// <summary>Puts the matches into the heap.</summary>
    public void Search(SearchRequest request, ResultHeap heap, CancellationToken cancellationToken) => Visit(
        (in StoredRecord record) =>
        {
            var cursor = new SearchCursor(record.TimeNs, record.Position);
            if (!request.HasTime(record.TimeNs)) return true;
            if (request.Before is { } before && cursor.CompareTo(before) >= 0) return true;
            if (heap.Accepts(cursor) && request.Query.Matches(record)) heap.Add(new RecordCopy(record));
            return true;
        },
        cancellationToken);

    /// <summary>Gives every record in the order of positions, until the visitor has enough.</summary>
    public void Visit(RecordVisitor visit, CancellationToken cancellationToken)
    {
        while (_hasFirst && _first.Position < _end)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!Visit(_first, visit)) return;
            _hasFirst = _reader.TryRead(out _first);
        }
    }

    public void Dispose() => _reader.Dispose();

    private bool Visit(in SpoolEntry entry, RecordVisitor visit)
    {
        if (!RecordBatchReader.TryOpen(entry.Records.Span, out var reader, out _)) return true;
        var sources = _sources.Resolve(entry.Origin.Span, reader);
        for (var position = entry.Position; reader.TryRead(out var view); position++)
        {
            if (position < _start || position >= _end) continue;
            if (!visit(view.ToStored(position, entry.ObservedNs, sources[view.Resource]))) return false;
        }

        return true;
    }
}
