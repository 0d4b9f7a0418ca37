using Culvert.Collector.Elasticsearch;

namespace Culvert.Collector.Outputs.Elasticsearch;

/// <summary>Where and how an output writes to a search server.</summary>
internal sealed record ElasticsearchSinkOptions
{
    public required string Output { get; init; }

    /// <summary>Made anew for each sink, so that files with secrets are read again.</summary>
    public required Func<ElasticsearchClientOptions> Client { get; init; }

    /// <summary>Indices are called <c>PREFIX-2026.01.31</c>.</summary>
    public required string Prefix { get; init; }

    /// <summary>Most requests under way at once. More load the server and cost memory: a batch each.</summary>
    public int RequestsMax { get; init; } = 4;

    /// <summary>Largest batch, in bytes of JSON before it is compressed.</summary>
    public int BatchBytesMax { get; init; } = BulkLimits.BatchBytesMax;
}
