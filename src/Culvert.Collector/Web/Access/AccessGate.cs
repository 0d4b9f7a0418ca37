using System.Globalization;
using System.Net;
using Culvert.Connections;
using Culvert.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Culvert.Collector.Web.Access;

/// <summary>
/// The door: checks every request before any handler sees it. First the Host header, then whether another site's page
/// asked, then who asks: the same user as the kernel says, or whoever has the token.
/// </summary>
internal sealed class AccessGate(
    HostNames names, HttpToken token, bool openMetrics, int port, HttpCounters counters, ILogger logger,
    TimeProvider time)
{
    private const string Bearer = "Bearer ";

    private readonly string _cookie = $"culvert-{port}";
    private readonly LogLimit _refusals = new(lines: 1, HttpLimits.RefusalLogInterval, time);

    /// <summary>Returns true when the request may go on; otherwise it has been answered.</summary>
    public async ValueTask<bool> AdmitAsync(HttpContext context, RouteKind kind)
    {
        if (!names.Contains(context.Request.Host))
        {
            await RefuseAsync(context, kind, RefusalReason.Host, StatusCodes.Status403Forbidden,
                "The Host header names no address of this collector; add the name to http.hosts if it should.");
            return false;
        }

        var verdict = BrowserCheck.Judge(context.Request, kind);
        if (verdict == BrowserVerdict.Foreign)
        {
            await RefuseAsync(context, kind, RefusalReason.Origin, StatusCodes.Status403Forbidden,
                "A page of another site may not ask this collector.");
            return false;
        }

        if (verdict == BrowserVerdict.Link)
        {
            // A strict cookie does not come with a link from elsewhere, but with the reload that our own answer asks
            // for.
            await RefusalPage.ReloadAsync(context);
            return false;
        }

        if (kind == RouteKind.Monitoring && openMetrics) return true;
        if (IsSameUser(context) || HasBearer(context) || HasSession(context)) return true;
        if (kind == RouteKind.Page && context.Request.Query.TryGetValue("token", out var given)
            && token.Matches(given.ToString()))
        {
            BeginSession(context);
            return false;
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        await RefuseAsync(context, kind, RefusalReason.Identity, StatusCodes.Status401Unauthorized, Explain(context));
        return false;
    }

    private static bool IsSameUser(HttpContext context) =>
        context.Features.Get<Peer>() is { } peer && LoopbackPeer.IsOwnUser(peer);

    private bool HasBearer(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            && token.Matches(header.AsSpan(Bearer.Length).Trim());
    }

    private bool HasSession(HttpContext context) =>
        context.Request.Cookies.TryGetValue(_cookie, out var session) && token.IsSession(session, time.GetUtcNow());

    private void BeginSession(HttpContext context)
    {
        var expires = time.GetUtcNow() + HttpLimits.SessionLifetime;
        context.Response.Cookies.Append(_cookie, token.IssueSession(expires), new CookieOptions
        {
            HttpOnly = true,
            SameSite = Microsoft.AspNetCore.Http.SameSiteMode.Strict,
            Path = "/",
            MaxAge = HttpLimits.SessionLifetime,
            Secure = context.Request.IsHttps,
        });

        // The token leaves the address bar, and so the history.
        var rest = context.Request.Query.Where(pair => pair.Key != "token")
            .SelectMany(pair => pair.Value, (pair, value) => KeyValuePair.Create(pair.Key, value));
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = context.Request.Path.Value + QueryString.Create(rest);
    }

    private static string Explain(HttpContext context)
    {
        if (context.Request.Headers.ContainsKey(HeaderNames.Authorization)
            || context.Request.Query.ContainsKey("token"))
            return $"The token is not right; the right one stands in the file {HttpToken.FileName} of the data folder.";
        var peer = context.Features.Get<Peer>();
        var user = peer?.UserId?.ToString(CultureInfo.InvariantCulture) ?? peer?.UserName ?? peer?.UserSid;
        var who = user is null ? "who you are could not be told" : $"you are user {user}";
        return $"This collector answers its own user, and {who}; send the token in its data folder's file "
            + $"{HttpToken.FileName} as 'Authorization: Bearer TOKEN'.";
    }

    private Task RefuseAsync(HttpContext context, RouteKind kind, RefusalReason reason, int status, string sentence)
    {
        counters.Refused(reason);
        LogRefusal(context, sentence);
        return kind == RouteKind.Page && reason == RefusalReason.Identity
            ? RefusalPage.WriteAsync(context, status, sentence)
            : HttpAnswer.SentenceAsync(context, status, sentence);
    }

    private void LogRefusal(HttpContext context, string sentence)
    {
        if (!_refusals.TryEnter(out var more)) return;
        var remote = new IPEndPoint(
            context.Connection.RemoteIpAddress ?? IPAddress.None, context.Connection.RemotePort);
        HttpLog.Refused(logger, context.Request.Method, Shown(context.Request.Path), remote.ToString(), sentence, more);
    }

    private static string Shown(PathString path)
    {
        var text = path.Value ?? "/";
        return text.Length <= 100 ? text : text[..100] + "...";
    }
}
