using System.Text.Json;
using Culvert.Collector.Web.Metrics;
using Microsoft.AspNetCore.Http;

namespace Culvert.Collector.Web;

/// <summary>Puts on a host what people and machines watch a process by: figures, metrics and health. Map once, before
/// the host starts.</summary>
internal sealed class MonitoringApi(HttpHost host)
{
    /// <summary>What <c>culvert stats</c> and the page show.</summary>
    public required Action<Utf8JsonWriter> Stats { get; init; }

    /// <summary>What /metrics says.</summary>
    public required Func<string> Metrics { get; init; }

    /// <summary>Why the process does not do its work right now, as a sentence; null when it does.</summary>
    public required Func<string?> NotReady { get; init; }

    /// <summary>Completes when what the process lives by has answered. One that hangs leaves /healthz without an
    /// answer, which is what a probe's time limit is for.</summary>
    public Func<Task> Answer { get; init; } = () => Task.CompletedTask;

    public void Map()
    {
        var routes = host.Routes;
        routes.Map("GET", "/api/stats", RouteKind.Api, context => HttpAnswer.JsonAsync(context, Stats));
        routes.Map("GET", "/metrics", RouteKind.Monitoring, context => HttpAnswer.TextAsync(
            context, StatusCodes.Status200OK, Metrics(), MetricsText.ContentType));
        routes.Map("GET", "/healthz", RouteKind.Monitoring, async context =>
        {
            await Answer().WaitAsync(context.RequestAborted);
            await HttpAnswer.TextAsync(context, StatusCodes.Status200OK, "ok\n");
        });
        routes.Map("GET", "/readyz", RouteKind.Monitoring, context => NotReady() is { } sentence
            ? HttpAnswer.SentenceAsync(context, StatusCodes.Status503ServiceUnavailable, sentence)
            : HttpAnswer.TextAsync(context, StatusCodes.Status200OK, "ready\n"));
    }
}
