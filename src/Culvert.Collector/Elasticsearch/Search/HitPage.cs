using Culvert.Collector.Store;

namespace Culvert.Collector.Elasticsearch.Search;

/// <summary>Some hits.</summary>
/// <param name="Records">In the order that was asked.</param>
/// <param name="IsLast">Whether there are no more.</param>
/// <param name="AnswerBytes">How large the server's answer was.</param>
internal sealed record HitPage(RecordCopy[] Records, bool IsLast, int AnswerBytes)
{
    public static readonly HitPage Empty = new([], true, 0);
}
