using System.Diagnostics;
using Culvert.Collector.Search;
using Culvert.Collector.Web.Access;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Culvert.Collector.Web;

/// <summary>Takes every request from Kestrel through the gate to its handler.</summary>
internal sealed class HttpApplication(HttpHost host, ILogger logger) : IHttpApplication<HttpContext>
{
    private const string ContentPolicy =
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

    /// <summary>Set once the real port is known; until then requests are answered with 503.</summary>
    public AccessGate? Gate { get; set; }

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        var startedAt = Stopwatch.GetTimestamp();
        host.Counters.Begin();
        try
        {
            SetHeaders(context.Response.Headers);
            await RouteAsync(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested || host.Stopping.IsCancellationRequested)
        {
            // Whoever asked is gone, or we are.
            context.Abort();
        }
        catch (BadHttpRequestException e)
        {
            await AnswerFailureAsync(context, e.StatusCode, e.Message);
        }
        catch (SearchException e)
        {
            await AnswerFailureAsync(context, StatusCodes.Status502BadGateway, e.Message);
        }
        catch (Exception e)
        {
            HttpLog.Failed(logger, e, context.Request.Method, context.Request.Path.Value ?? "/");
            await AnswerFailureAsync(
                context, StatusCodes.Status500InternalServerError, "The collector failed to answer; its log says why.");
        }
        finally
        {
            host.Counters.End(context.Response.StatusCode, startedAt);
        }
    }

    private async Task RouteAsync(HttpContext context)
    {
        if (Gate is not { } gate)
        {
            await HttpAnswer.SentenceAsync(
                context, StatusCodes.Status503ServiceUnavailable, "The collector is starting.");
            return;
        }

        var path = context.Request.Path.Value ?? "/";
        var isFound = host.Routes.TryFind(context.Request.Method, path, out var route, out var allowed);

        // Also what is not there is told only to those who may ask.
        if (!await gate.AdmitAsync(context, route?.Kind ?? RouteKind.Api)) return;
        if (isFound)
        {
            await route!.Handler(context);
        }
        else if (allowed is not null)
        {
            context.Response.Headers.Allow = allowed;
            await HttpAnswer.SentenceAsync(context, StatusCodes.Status405MethodNotAllowed, $"{path} takes {allowed}.");
        }
        else
        {
            await HttpAnswer.SentenceAsync(context, StatusCodes.Status404NotFound, "There is nothing at this path.");
        }
    }

    private static void SetHeaders(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers[HeaderNames.CacheControl] = "no-store";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }

    private static async Task AnswerFailureAsync(HttpContext context, int status, string sentence)
    {
        if (context.Response.HasStarted)
        {
            // A stream that broke off must not look as if it were complete.
            context.Abort();
            return;
        }

        await HttpAnswer.SentenceAsync(context, status, sentence);
    }
}
