using Culvert.Collector.Query;
using Culvert.Collector.Store;

namespace Culvert.Collector.Search;

/// <summary>
/// What answers searches: the store of this machine, or a search server. The API, the page and the commands ask one of
/// these and do not know which. Answers to the same question on the same records are equal.
/// </summary>
/// <remarks>Any thread; calls overlap. A call that is cancelled leaves nothing behind. What a person can mend is thrown
/// as <see cref="SearchException"/>.</remarks>
internal interface ISearchEngine : IDisposable
{
    /// <summary>The next results of a search, newest first by time, then position: none missing or twice. The next page
    /// begins at <see cref="SearchPage.Next"/>.</summary>
    Task<SearchPage> SearchAsync(SearchRequest request, CancellationToken cancellationToken);

    /// <summary>How many records match in the range; limit and page are not looked at.</summary>
    Task<long> CountAsync(SearchRequest request, CancellationToken cancellationToken);

    /// <summary>Counts by bucket of time and level.</summary>
    Task<HistogramCounts> HistogramAsync(HistogramRequest request, CancellationToken cancellationToken);

    /// <summary>The least and greatest time of what is there, records with a clock far off left aside unless there are
    /// no others; null when nothing is there.</summary>
    Task<(long MinNs, long MaxNs)?> TimeExtentAsync(CancellationToken cancellationToken);

    /// <summary>The most frequent values of a field among the newest matches; the answer says how many were looked
    /// at.</summary>
    /// <param name="request">Limit and page are not looked at.</param>
    /// <param name="field">As the query language names it.</param>
    /// <param name="top">How many values.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<TopValues> TopValuesAsync(
        SearchRequest request, string field, int top, CancellationToken cancellationToken);

    /// <summary>Whether a text can be the key of a record: its id where the engine has ids, else its
    /// position.</summary>
    bool IsKey(string text);

    /// <summary>One record by its key. Null when it is not there.</summary>
    Task<RecordCopy?> FindAsync(string key, CancellationToken cancellationToken);

    /// <summary>What arrived before and after a record, with it among them, newest first; empty when it is not
    /// there.</summary>
    /// <param name="key">The record's.</param>
    /// <param name="count">How many on either side.</param>
    /// <param name="ofItsSource">Whether only its own source is looked at.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<IReadOnlyList<RecordCopy>> ContextAsync(
        string key, int count, bool ofItsSource, CancellationToken cancellationToken);

    /// <summary>The cursor from which a tail gives what comes from now on.</summary>
    Task<ulong> EndAsync(CancellationToken cancellationToken);

    /// <summary>Follows the matches in the order in which they come in, from a cursor on.</summary>
    ISearchTail OpenTail(LogQuery query, ulong cursor);
}
