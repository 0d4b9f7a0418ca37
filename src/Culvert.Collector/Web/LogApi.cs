using Culvert.Collector.Intake;
using Culvert.Collector.Search;
using Culvert.Collector.Store;
using Culvert.Collector.Web.Api;
using Culvert.Collector.Web.Metrics;

namespace Culvert.Collector.Web;

/// <summary>Puts everything that is read over HTTP on a host: searches, live tail, ledger, metrics and
/// health.</summary>
/// <remarks>Map once, before the host starts. Dispose after it stopped.</remarks>
internal sealed class LogApi(LogStore store, Ledger ledger, HttpHost host, TimeProvider time) : IDisposable
{
    private readonly StoreEngine _engine = new(store);

    /// <summary>Sizes for /metrics.</summary>
    public Func<CollectorSizes> Sizes { get; init; } = () => default;

    /// <summary>Why the collector does not take records right now, as a sentence; null when it does.</summary>
    public Func<string?> NotReady { get; init; } = () => null;

    /// <summary>Completes when the collector has answered; see <see cref="MonitoringApi.Answer"/>.</summary>
    public Func<Task> Answer { get; init; } = () => Task.CompletedTask;

    public void Map()
    {
        MapReading();
        new MonitoringApi(host)
        {
            Stats = writer => LedgerJson.Write(writer, ledger.Snapshot(), time.GetUtcNow()),
            Metrics = () => CollectorMetrics.Write(ledger.Snapshot(), Sizes(), host.Counters),
            NotReady = NotReady,
            Answer = Answer,
        }.Map();
    }

    /// <summary>What reads the records, without the ledger, the metrics and the health.</summary>
    public void MapReading() => new SearchRoutes(_engine, host, time).Map();

    public void Dispose() => _engine.Dispose();
}
