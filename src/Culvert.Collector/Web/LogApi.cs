using Culvert.Collector.Intake;
using Culvert.Collector.Search;
using Culvert.Collector.Store;
using Culvert.Collector.Web.Api;
using Culvert.Collector.Web.Metrics;
using Microsoft.AspNetCore.Http;

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

    public void Map()
    {
        var routes = host.Routes;
        new SearchRoutes(_engine, host, time).Map();
        routes.Map("GET", "/api/stats", RouteKind.Api, context =>
            HttpAnswer.JsonAsync(context, writer => LedgerJson.Write(writer, ledger.Snapshot(), time.GetUtcNow())));
        routes.Map("GET", "/metrics", RouteKind.Monitoring, context => HttpAnswer.TextAsync(
            context, StatusCodes.Status200OK, CollectorMetrics.Write(ledger.Snapshot(), Sizes(), host.Counters),
            MetricsText.ContentType));
        routes.Map("GET", "/healthz", RouteKind.Monitoring, context => HttpAnswer.TextAsync(
            context, StatusCodes.Status200OK, "ok\n"));
        routes.Map("GET", "/readyz", RouteKind.Monitoring, context => NotReady() is { } sentence
            ? HttpAnswer.SentenceAsync(context, StatusCodes.Status503ServiceUnavailable, sentence)
            : HttpAnswer.TextAsync(context, StatusCodes.Status200OK, "ready\n"));
    }

    public void Dispose() => _engine.Dispose();
}
