using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Culvert.Collector.Web.Pages;

/// <summary>The page and its files, which lie in the assembly: nothing has to be found beside it at run time.</summary>
internal static class PageAssets
{
    private const string Prefix = "wwwroot/";

    public static void Map(HttpRoutes routes)
    {
        var assembly = typeof(PageAssets).Assembly;
        foreach (var name in assembly.GetManifestResourceNames())
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal)) continue;
            var path = "/" + name[Prefix.Length..];
            var asset = new Lazy<Asset>(() => Read(assembly, name));
            routes.Map("GET", path == "/index.html" ? "/" : path, RouteKind.Page, context => SendAsync(
                context, asset.Value));
        }
    }

    private static Asset Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new Asset(bytes, TypeOf(name), $"\"{Convert.ToHexString(SHA256.HashData(bytes), 0, 8)}\"");
    }

    private static async Task SendAsync(HttpContext context, Asset asset)
    {
        var headers = context.Response.Headers;
        headers.ETag = asset.Tag;
        headers.CacheControl = "no-cache"; // kept, but asked for each time: a new version shows at once
        if (context.Request.Headers.IfNoneMatch.ToString().Contains(asset.Tag, StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = asset.Type;
        context.Response.ContentLength = asset.Bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(asset.Bytes, context.RequestAborted);
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };

    private sealed record Asset(byte[] Bytes, string Type, string Tag);
}
