using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Culvert.Collector.Web.Access;

/// <summary>
/// Tells a request that another site's page caused, by what browsers say themselves: Sec-Fetch-Site (W3C Fetch
/// Metadata) and Origin (RFC 6454). Programs that are no browsers send neither and pass.
/// </summary>
internal static class BrowserCheck
{
    public static BrowserVerdict Judge(HttpRequest request, RouteKind kind)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site is "cross-site" or "same-site")
        {
            // 'same-site' is no friend: every port of localhost is one site, whoever listens there.
            var isLink = kind == RouteKind.Page && HttpMethods.IsGet(request.Method)
                && request.Headers["Sec-Fetch-Mode"] == "navigate" && request.Headers["Sec-Fetch-Dest"] == "document";
            return isLink ? BrowserVerdict.Link : BrowserVerdict.Foreign;
        }

        var origin = request.Headers[HeaderNames.Origin].ToString();
        if (origin.Length == 0) return BrowserVerdict.Own;
        return Uri.TryCreate(origin, UriKind.Absolute, out var uri) && SameAuthority(uri, request)
            ? BrowserVerdict.Own
            : BrowserVerdict.Foreign;
    }

    private static bool SameAuthority(Uri origin, HttpRequest request)
    {
        // The scheme is not compared: a proxy in front may speak TLS.
        var host = request.Host;
        var port = host.Port ?? (origin.Scheme == Uri.UriSchemeHttps ? 443 : 80);
        return string.Equals(origin.Host, host.Host, StringComparison.OrdinalIgnoreCase) && origin.Port == port;
    }
}

/// <summary>Who caused a request, as far as a browser tells.</summary>
internal enum BrowserVerdict
{
    /// <summary>Our own page, or no browser.</summary>
    Own,

    /// <summary>A person followed a link on another site to our page.</summary>
    Link,

    /// <summary>A page of another site asked.</summary>
    Foreign,
}
