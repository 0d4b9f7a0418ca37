using Culvert.Collector.Store;

namespace Culvert.Cli.Reading;

/// <summary>What the reading commands ask of a collector, wherever it is.</summary>
internal interface ICollectorReader : IAsyncDisposable
{
    /// <summary>Gives records that match to the visitor, newest first, until the limit; returns the notes on what did
    /// not parse.</summary>
    Task<IReadOnlyList<string>> SearchAsync(
        SearchTerms terms, int limit, RecordVisitor visit, CancellationToken cancellationToken);

    Task<long> CountAsync(SearchTerms terms, CancellationToken cancellationToken);

    /// <summary>Gives every new record that matches to the visitor, in the order of arrival, until cancelled.</summary>
    /// <param name="query">In the query language.</param>
    /// <param name="visit">Called for each.</param>
    /// <param name="skipped">Called with the number of records that were left out because this reader was too
    /// slow.</param>
    /// <param name="cancellationToken">Ends the tail.</param>
    Task TailAsync(string query, RecordVisitor visit, Action<long> skipped, CancellationToken cancellationToken);

    /// <summary>The ledger as JSON, as docs/http-api.md describes it.</summary>
    Task<byte[]> StatsAsync(CancellationToken cancellationToken);

    /// <summary>Throws with the reason when it does not do its work right now.</summary>
    Task CheckReadyAsync(CancellationToken cancellationToken);
}
