using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;

namespace Culvert.Collector.Web;

/// <summary>
/// Finds the handler of a path. ASP.NET's router is left out: with it and its services the start took 100-140 ms here,
/// without them 55 ms, and the collector promises to take records 300 ms after its start.
/// </summary>
/// <remarks>Filled before the host starts, only read afterwards.</remarks>
internal sealed class HttpRoutes
{
    private readonly Dictionary<string, List<HttpRoute>> _exact = new(StringComparer.Ordinal);
    private readonly List<HttpRoute> _prefixes = [];

    /// <summary>Maps a path, or with a slash at its end everything below it.</summary>
    public void Map(string method, string path, RouteKind kind, RequestDelegate handler)
    {
        var route = new HttpRoute(method, path, kind, handler);
        if (path.Length > 1 && path.EndsWith('/'))
        {
            _prefixes.Add(route);
            return;
        }

        if (!_exact.TryGetValue(path, out var routes)) _exact[path] = routes = [];
        routes.Add(route);
    }

    /// <summary>Finds the route; false with the methods that are known when the path is there under another
    /// method.</summary>
    public bool TryFind(string method, string path, [NotNullWhen(true)] out HttpRoute? route, out string? allowed)
    {
        IReadOnlyList<HttpRoute> candidates = _exact.TryGetValue(path, out var exact)
            ? exact
            : _prefixes.FindAll(p => path.StartsWith(p.Path, StringComparison.Ordinal));
        route = null;
        foreach (var candidate in candidates)
        {
            if (candidate.Method == method || (method == "HEAD" && candidate.Method == "GET")) route = candidate;
        }

        allowed = candidates.Count == 0 ? null : string.Join(", ", candidates.Select(c => c.Method).Distinct());
        return route is not null;
    }
}
