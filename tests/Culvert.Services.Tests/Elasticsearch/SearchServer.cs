using System.Text;
using Culvert.Cli.Bench.Ship;
using Culvert.Collector.Elasticsearch;

namespace Culvert.Services.Tests.Elasticsearch;

/// <summary>One real node from the distribution at OPENSEARCH_HOME, shared by all tests that ask it; each has
/// indices of its own. Where there is none, the tests that ask for it are skipped.</summary>
public sealed class SearchServer : IAsyncLifetime
{
    public const string Collection = "search server";

    private SearchNode? _node;

    public Uri Address => _node?.Address ?? new Uri("http://127.0.0.1:9/");

    public async ValueTask InitializeAsync()
    {
        if (SearchNode.FindHome() is { } home)
            _node = await SearchNode.StartAsync(home, TestContext.Current.CancellationToken);
    }

    /// <summary>SIGKILL, and waits until it is gone.</summary>
    internal Task KillAsync() => _node!.KillAsync();

    /// <summary>The same node, on the same port and data.</summary>
    internal Task StartAgainAsync() => _node!.StartAgainAsync(TestContext.Current.CancellationToken);

    /// <summary>Skips the test where there is no server.</summary>
    internal ElasticsearchClient Connect()
    {
        if (_node is null) Assert.Skip("OPENSEARCH_HOME does not name the folder of an OpenSearch distribution.");
        return new ElasticsearchClient(new ElasticsearchClientOptions { Addresses = [Address] });
    }

    /// <summary>Asks; what the server refuses fails the test.</summary>
    internal static async Task<ElasticsearchAnswer> AskAsync(
        ElasticsearchClient client, HttpMethod method, string path, string body = "")
    {
        var answer = await client.SendAsync(
            method, path, Encoding.UTF8.GetBytes(body),
            path.Contains("_bulk", StringComparison.Ordinal) ? ElasticsearchClient.Lines : ElasticsearchClient.Json,
            TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccess, answer.Reason);
        return answer;
    }

    public ValueTask DisposeAsync() => _node?.DisposeAsync() ?? ValueTask.CompletedTask;
}

[CollectionDefinition(SearchServer.Collection)]
public sealed class SearchServerTests : ICollectionFixture<SearchServer>;
