using Culvert.Collector.Spool;

namespace Culvert.Collector.Store;

/// <summary>The spool as the store reads it: the entries behind the store's cursor. Any thread.</summary>
internal interface ISpoolTail
{
    /// <summary>The position after the last durable record.</summary>
    ulong End { get; }

    /// <summary>Opens a reader at the entry that holds the position, or at the first one behind it that is still
    /// there.</summary>
    ISpoolTailReader Open(ulong position);
}

/// <summary>Reads entries in order. One thread at a time.</summary>
internal interface ISpoolTailReader : IDisposable
{
    /// <summary>The next durable entry, in memory that is valid until the next call; false at the end, for
    /// now.</summary>
    bool TryRead(out SpoolEntry entry);

    /// <summary>Completes when there may be another entry.</summary>
    ValueTask WaitAsync(CancellationToken cancellationToken);
}
