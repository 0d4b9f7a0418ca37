using System.Globalization;
using Culvert.Cli.Processes;
using Culvert.Collector.Elasticsearch;

namespace Culvert.Cli.Bench.Ship;

/// <summary>One real OpenSearch node of a distribution, on ports that were free, with its data in a folder of its own;
/// it can be killed and started again on the same port and data.</summary>
internal sealed class SearchNode : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);

    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-opensearch-").FullName;
    private readonly string _home;
    private readonly string[] _settings;
    private ChildProcess? _process;

    private SearchNode(string home)
    {
        _home = home;
        var port = LoopbackPort.Free();
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
        _settings =
        [
            "node.name=node-1", "discovery.type=single-node", "network.host=127.0.0.1", $"http.port={port}",
            $"transport.port={LoopbackPort.Free()}", $"path.data={Path.Combine(_folder, "data")}",
            $"path.logs={Path.Combine(_folder, "logs")}", "cluster.routing.allocation.disk.threshold_enabled=false",
        ];
    }

    public Uri Address { get; }

    /// <summary>The folder that OPENSEARCH_HOME names; null when it names none.</summary>
    public static string? FindHome() => Environment.GetEnvironmentVariable("OPENSEARCH_HOME") is { Length: > 0 } home
        && Directory.Exists(home) ? home : null;

    /// <summary>Starts a node; returns when it answers.</summary>
    /// <param name="home">The folder of a distribution.</param>
    /// <param name="cancellationToken">Ends the wait, and the node.</param>
    public static async Task<SearchNode> StartAsync(string home, CancellationToken cancellationToken)
    {
        var node = new SearchNode(home);
        try
        {
            await node.StartAgainAsync(cancellationToken);
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>The same node, on the same port and data.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        _process = ChildProcess.Start(
            Path.Combine(_home, "bin", "opensearch"), [.. _settings.Select(setting => "-E" + setting)],
            new Dictionary<string, string> { ["OPENSEARCH_JAVA_OPTS"] = "-Xms256m -Xmx512m" });
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(StartTimeout);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        using var client = new ElasticsearchClient(new ElasticsearchClientOptions { Addresses = [Address] });
        while (!await AnswersAsync(client, deadline.Token))
        {
            if (_process.HasExited)
                throw new InvalidOperationException($"The node ended at its start. {_process.LastLines}");
            await timer.WaitForNextTickAsync(deadline.Token);
        }
    }

    /// <summary>SIGKILL, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

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
}
