using Culvert.Collector.Web;
using Culvert.Collector.Web.Access;
using Culvert.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Collector.Tests.Web;

/// <summary>A host on a port of its own with one route of each kind, and a client that does not follow
/// redirects.</summary>
internal sealed class HttpHostUnderTest : IAsyncDisposable
{
    private static readonly Peer Stranger =
        new() { UserId = SocketTable.OwnUserId + 1, UserSid = "S-1-5-21-1-2-3-1001" };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-web-");

    private HttpHostUnderTest(HttpOptions options, bool isStranger)
    {
        Host = new HttpHost(options, _folder.FullName, NullLogger.Instance, TimeProvider.System)
        {
            OwnerOf = isStranger ? (_, _) => Stranger : WineConnections.OwnerOf,
        };
        Host.Routes.Map("GET", "/api/probe", RouteKind.Api, context =>
            context.Response.WriteAsync($"uid={UserOf(context.Features.Get<Peer>()!)}"));
        Host.Routes.Map("POST", "/v1/probe", RouteKind.Ingest, context => context.Response.WriteAsync("taken"));
        Host.Routes.Map("GET", "/healthz", RouteKind.Monitoring, context => context.Response.WriteAsync("ok"));
        Host.Routes.Map("GET", "/api/broken", RouteKind.Api, _ => throw new InvalidOperationException("secret"));
        Client = new HttpClient(
            new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectCallback = null });
    }

    public HttpHost Host { get; }

    public HttpClient Client { get; }

    public string Folder => _folder.FullName;

    public string Token => File.ReadAllText(Path.Combine(Folder, HttpToken.FileName)).Trim();

    public static async Task<HttpHostUnderTest> StartAsync(HttpOptions? options = null, bool isStranger = false)
    {
        var host = new HttpHostUnderTest(options ?? new HttpOptions { Address = "127.0.0.1:0" }, isStranger);
        await host.Host.StartAsync(TestContext.Current.CancellationToken);
        host.Client.BaseAddress = host.Host.Address;
        return host;
    }

    /// <summary>Sends a request with headers given as "Name: value".</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params string[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var header in headers)
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            request.Headers.TryAddWithoutValidation(header[..colon], header[(colon + 1)..].Trim());
        }

        return await Client.SendAsync(request, TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(20));
    }

    public Task<HttpResponseMessage> GetAsync(string path, params string[] headers) =>
        SendAsync(HttpMethod.Get, path, headers);

    private static string? UserOf(Peer peer) => peer.UserSid ?? $"{peer.UserId}";

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
