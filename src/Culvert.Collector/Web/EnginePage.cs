using Culvert.Collector.Search;
using Culvert.Collector.Web.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Web;

/// <summary>The page and its API over a search engine alone: nothing is collected here.</summary>
/// <remarks>Start and dispose once each, from one thread. Does not own the engine.</remarks>
internal sealed class EnginePage : IAsyncDisposable
{
    private readonly HttpHost _host;

    /// <param name="engine">What is asked.</param>
    /// <param name="stats">What the engine says of itself, as JSON.</param>
    /// <param name="options">Wrong values throw <see cref="FormatException"/> with a sentence.</param>
    /// <param name="dataFolder">Where the token is kept; it must exist.</param>
    /// <param name="logger">For what the HTTP side says of itself.</param>
    /// <param name="time">The clock.</param>
    public EnginePage(
        ISearchEngine engine, Func<CancellationToken, Task<byte[]>> stats, HttpOptions options, string dataFolder,
        ILogger logger, TimeProvider time)
    {
        _host = new HttpHost(options, dataFolder, logger, time);
        new SearchRoutes(engine, _host, time).Map();
        _host.Routes.Map("GET", "/api/stats", RouteKind.Api, async context =>
        {
            var json = await stats(context.RequestAborted);
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(json, context.RequestAborted);
        });
        _host.Routes.Map("GET", "/healthz", RouteKind.Monitoring, context => HttpAnswer.TextAsync(
            context, StatusCodes.Status200OK, "ok\n"));
        _host.Routes.Map("GET", "/readyz", RouteKind.Monitoring, async context =>
        {
            await stats(context.RequestAborted);
            await HttpAnswer.TextAsync(context, StatusCodes.Status200OK, "ready\n");
        });
    }

    /// <summary>Where the page is, with the real port; known once started.</summary>
    public Uri Address => _host.Address;

    public Task StartAsync(CancellationToken cancellationToken) => _host.StartAsync(cancellationToken);

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
