using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Culvert.Cli.Processes;
using Culvert.Collector.Elasticsearch;

namespace Culvert.Services.Tests.Elasticsearch;

/// <summary>One real node from the distribution at OPENSEARCH_HOME, shared by all tests that ask it; each has
/// indices of its own. Where there is none, the tests that ask for it are skipped.</summary>
public sealed class SearchServer : IAsyncLifetime
{
    public const string Collection = "search server";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);

    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-opensearch-").FullName;
    private string? _missing;
    private string _home = "";
    private string[] _settings = [];
    private ChildProcess? _process;

    public Uri Address { get; private set; } = new("http://127.0.0.1:9/");

    public async ValueTask InitializeAsync()
    {
        var home = Environment.GetEnvironmentVariable("OPENSEARCH_HOME");
        if (string.IsNullOrEmpty(home) || !Directory.Exists(home))
        {
            _missing = "OPENSEARCH_HOME does not name the folder of an OpenSearch distribution.";
            return;
        }

        var port = FreePort();
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
        _home = home;
        _settings =
        [
            "node.name=node-1", "discovery.type=single-node", "network.host=127.0.0.1", $"http.port={port}",
            $"transport.port={FreePort()}", $"path.data={Path.Combine(_folder, "data")}",
            $"path.logs={Path.Combine(_folder, "logs")}", "cluster.routing.allocation.disk.threshold_enabled=false",
        ];
        await StartAgainAsync();
    }

    /// <summary>SIGKILL, and waits until it is gone.</summary>
    internal async Task KillAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        _process = null;
    }

    /// <summary>The same node, on the same port and data.</summary>
    internal async Task StartAgainAsync()
    {
        _process = ChildProcess.Start(
            Path.Combine(_home, "bin", "opensearch"), [.. _settings.Select(setting => "-E" + setting)],
            new Dictionary<string, string> { ["OPENSEARCH_JAVA_OPTS"] = "-Xms256m -Xmx512m" });
        using var deadline = new CancellationTokenSource(StartTimeout);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        using var client = NewClient();
        while (!await AnswersAsync(client, deadline.Token))
        {
            Assert.False(_process.HasExited, $"The node ended at its start. {_process.LastLines}");
            await timer.WaitForNextTickAsync(deadline.Token);
        }
    }

    /// <summary>Skips the test where there is no server.</summary>
    internal ElasticsearchClient Connect()
    {
        if (_missing is not null) Assert.Skip(_missing);
        return NewClient();
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

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private ElasticsearchClient NewClient() => new(new ElasticsearchClientOptions { Addresses = [Address] });

    private static async Task<bool> AnswersAsync(ElasticsearchClient client, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.GetAsync(
                "/_cluster/health?wait_for_status=yellow&timeout=1s", cancellationToken)).IsSuccess;
        }
        catch (ElasticsearchException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

[CollectionDefinition(SearchServer.Collection)]
public sealed class SearchServerTests : ICollectionFixture<SearchServer>;
