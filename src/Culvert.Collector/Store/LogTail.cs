using Culvert.Collector.Query;
using Culvert.Collector.Spool;
using Culvert.Records;

namespace Culvert.Collector.Store;

/// <summary>
/// Follows the records in the order of their positions. <see cref="Position"/> is a cursor from which another tail goes
/// on without a gap and without a record twice, in this process or a later one.
/// </summary>
/// <remarks>One thread at a time. Read until it gives false, then wait, then read again.</remarks>
internal sealed class LogTail(LogStore store, ISpoolTail spool, LogQuery query, ulong position) : IDisposable
{
    private readonly SourceTable _sources = new();
    private ISpoolTailReader? _reader;

    /// <summary>What is read next.</summary>
    public ulong Position { get; private set; } = position;

    /// <summary>Gives the matches of the next piece; false when there is nothing new. The visitor's answer is not
    /// looked at: a piece is given whole, so that the cursor stays true.</summary>
    public bool Read(RecordVisitor visit, CancellationToken cancellationToken = default)
    {
        _reader ??= spool.Open(Position);
        if (!_reader.TryRead(out var entry))
            return Position < spool.End && ReadBlocks(spool.End, visit, cancellationToken);
        // What the spool no longer has is in blocks, unless it was lost to damage.
        while (Position < entry.Position && ReadBlocks(entry.Position, visit, cancellationToken))
        {
        }

        if (entry.NextPosition > Position) Give(entry, visit);
        return true;
    }

    /// <summary>Completes when there may be more.</summary>
    public ValueTask WaitAsync(CancellationToken cancellationToken) =>
        (_reader ??= spool.Open(Position)).WaitAsync(cancellationToken);

    public void Dispose() => _reader?.Dispose();

    private bool ReadBlocks(ulong end, RecordVisitor visit, CancellationToken cancellationToken)
    {
        var to = Math.Min(end, Position + StoreLimits.CommitRecords);
        foreach (var record in store.ReadBlocks(query, Position, ref to, cancellationToken)) visit(record.Record);
        if (to <= Position) return false;
        Position = to;
        return true;
    }

    private void Give(in SpoolEntry entry, RecordVisitor visit)
    {
        if (RecordBatchReader.TryOpen(entry.Records.Span, out var reader, out _))
        {
            var sources = _sources.Resolve(entry.Origin.Span, reader);
            for (var at = entry.Position; reader.TryRead(out var view); at++)
            {
                if (at < Position) continue;
                var record = view.ToStored(at, entry.ObservedNs, sources[view.Resource]);
                if (query.Matches(record)) visit(record);
            }
        }

        Position = entry.NextPosition;
    }
}
