using Culvert.Collector.Spool;

namespace Culvert.Collector.Outputs;

/// <summary>What a pump reads, and where it says what is delivered: an output's reader of the spool, or what a member
/// of a consumer group has read. One thread at a time.</summary>
internal interface IEntryReader : IDisposable
{
    /// <summary>What is read next: behind the entry given last; at the open what is not delivered yet.</summary>
    ulong Position { get; }

    /// <summary>Whether there is nothing more for now.</summary>
    bool IsAtEnd { get; }

    /// <summary>The next entry, in memory that is valid until the next call.</summary>
    bool TryRead(out SpoolEntry entry);

    /// <summary>All below this position is delivered.</summary>
    void Commit(ulong position);

    /// <summary>Completes when there may be more; false when nothing more will come.</summary>
    ValueTask<bool> WaitAsync(CancellationToken cancellationToken);
}
