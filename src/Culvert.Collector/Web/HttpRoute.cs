using Microsoft.AspNetCore.Http;

namespace Culvert.Collector.Web;

/// <summary>One thing that is answered over HTTP.</summary>
internal sealed record HttpRoute(string Method, string Path, RouteKind Kind, RequestDelegate Handler);

/// <summary>What a route is for; decides who may ask and how a refusal looks.</summary>
internal enum RouteKind
{
    /// <summary>The page and its files. A link from another site may lead here.</summary>
    Page,

    /// <summary>Gives records or figures.</summary>
    Api,

    /// <summary>Takes records.</summary>
    Ingest,

    /// <summary>Health and metrics, which may be opened to everyone.</summary>
    Monitoring,
}
