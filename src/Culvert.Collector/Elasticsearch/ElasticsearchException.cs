namespace Culvert.Collector.Elasticsearch;

/// <summary>A search server cannot be asked, or will not answer; the message is a sentence for a person.</summary>
internal sealed class ElasticsearchException(string message, int status = 0, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>The HTTP status, or 0 when there was no answer.</summary>
    public int Status { get; } = status;
}
