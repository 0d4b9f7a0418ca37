namespace Culvert.Collector.Store;

/// <summary>Some results of a search, newest first.</summary>
/// <param name="Records">The results.</param>
/// <param name="Next">Where the next page begins; null when there is nothing more.</param>
/// <param name="Report">What was read for it.</param>
internal sealed record SearchPage(RecordCopy[] Records, SearchCursor? Next, SearchReport Report);
