using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Tests.Elasticsearch;

/// <summary>A small HTTP server that speaks as much of a search server as the writer needs, and fails as the test
/// wants. It keeps documents by their id, as the real one does.</summary>
internal sealed class FakeSearchServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private int _requests;

    private FakeSearchServer(WebApplication application) => _application = application;

    public delegate Task<bool> BulkHandler(int request, HttpContext context, IReadOnlyList<Item> items);

    public sealed record Item(string Index, string Id, string Document);

    /// <summary>Asked before a batch is taken; true when it answered itself.</summary>
    public BulkHandler OnBulk { get; set; } = (_, _, _) => Task.FromResult(false);

    /// <summary>The error of one item: null takes it.</summary>
    public Func<Item, (int Status, string Type, string Reason)?> OnItem { get; set; } = _ => null;

    public string Version { get; set; } = """{"number":"9.1.0"}""";

    public ConcurrentDictionary<string, string> Documents { get; } = new();

    public ConcurrentQueue<string> Asked { get; } = new();

    public ConcurrentQueue<int> Sizes { get; } = new();

    public int TemplateStatus { get; set; } = 404;

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public static async Task<FakeSearchServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.Configure<KestrelServerOptions>(options => options.Limits.MaxRequestBodySize = null);
        var server = new FakeSearchServer(builder.Build());
        server._application.Run(server.AnswerAsync);
        await server._application.StartAsync(TestContext.Current.CancellationToken);
        server.Address = new Uri(server._application.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses.First());
        return server;
    }

    public static Task WriteAsync(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(json);
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        Asked.Enqueue($"{context.Request.Method} {path}");
        if (path == "/") await WriteAsync(context, 200, $$"""{"version":{{Version}}}""");
        else if (path.StartsWith("/_index_template", StringComparison.Ordinal))
            await WriteAsync(context, context.Request.Method == "PUT" ? 200 : TemplateStatus, "{}");
        else if (path == "/_bulk") await BulkAsync(context);
        else await WriteAsync(context, 404, "{}");
    }

    private async Task BulkAsync(HttpContext context)
    {
        var items = await ReadAsync(context);
        Sizes.Enqueue(items.Count);
        if (await OnBulk(Interlocked.Increment(ref _requests), context, items)) return;
        var answer = new StringBuilder("{\"items\":[");
        foreach (var item in items)
        {
            if (answer[^1] == '}') answer.Append(',');
            var error = OnItem(item);
            var status = error?.Status ?? (Documents.TryAdd($"{item.Index}/{item.Id}", item.Document) ? 201 : 409);
            answer.Append("{\"create\":{\"status\":").Append(status);
            if (error is { } found)
            {
                answer.Append(",\"error\":").Append(JsonSerializer.Serialize(
                    new { type = found.Type, reason = found.Reason }));
            }

            answer.Append("}}");
        }

        await WriteAsync(context, 200, answer.Append("]}").ToString());
    }

    private static async Task<List<Item>> ReadAsync(HttpContext context)
    {
        var body = context.Request.Body;
        if (context.Request.Headers.ContentEncoding == "gzip") body = new GZipStream(body, CompressionMode.Decompress);
        using var reader = new StreamReader(body);
        var items = new List<Item>();
        while (await reader.ReadLineAsync(context.RequestAborted) is { } action)
        {
            using var parsed = JsonDocument.Parse(action);
            var create = parsed.RootElement.GetProperty("create");
            items.Add(new Item(
                create.GetProperty("_index").GetString()!, create.GetProperty("_id").GetString()!,
                (await reader.ReadLineAsync(context.RequestAborted))!));
        }

        return items;
    }
}
