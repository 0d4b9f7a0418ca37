namespace Culvert.Collector.Search;

/// <summary>A search cannot be answered; the message is a sentence for a person, with what to do.</summary>
internal sealed class SearchException(string message, Exception? inner = null) : Exception(message, inner);
