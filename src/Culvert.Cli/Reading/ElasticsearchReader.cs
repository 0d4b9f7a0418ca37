using Culvert.Collector.Elasticsearch;
using Culvert.Collector.Elasticsearch.Search;

namespace Culvert.Cli.Reading;

/// <summary>Reads what collectors wrote to a search server.</summary>
/// <param name="client">Owned.</param>
/// <param name="index">The indices, as a name or pattern.</param>
internal sealed class ElasticsearchReader(ElasticsearchClient client, string index)
    : EngineReader(new ElasticsearchEngine(client, index, TimeProvider.System))
{
    public override Task<byte[]> StatsAsync(CancellationToken cancellationToken) =>
        ElasticsearchStats.ReadAsync(client, index, TimeProvider.System, cancellationToken);
}
