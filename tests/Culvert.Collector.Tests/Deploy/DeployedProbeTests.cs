using System.Net;
using System.Net.Sockets;
using Culvert.Cli.Processes;
using Culvert.Collector.Outputs.Kafka;
using Culvert.Collector.Tests.EndToEnd;
using Culvert.Tests;

namespace Culvert.Collector.Tests.Deploy;

/// <summary>The real collector and the real consumer with the configurations of deploy/kubernetes, asked as the kubelet
/// asks them: from another address, by address, without a token. No broker is there.</summary>
[Trait("system", "linux")]
public sealed class DeployedProbeTests : IDisposable
{
    /// <summary>What the probes of the manifests ask.</summary>
    public static readonly string[] Paths = ["/healthz", "/readyz"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Collector_WithTheDaemonSetsConfiguration_IsAliveAndReady()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "pods"));
        await using var collector = Start("collector.yaml", "up");
        var port = await PortAsync(collector);

        Assert.Equal((HttpStatusCode.OK, "ok\n"), await ProbeAsync(port, "/healthz"));
        Assert.Equal((HttpStatusCode.OK, "ready\n"), await ProbeAsync(port, "/readyz"));
        Assert.Equal(HttpStatusCode.OK, (await ProbeAsync(port, "/metrics")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await ProbeAsync(port, "/api/stats", OtherAddress())).Status);

        var byAddress = await RunningCollector.RunToolAsync("ready", "--http", $"127.0.0.1:{port}");
        Assert.Equal((0, "ready"), byAddress);
        var byFolder = await RunningCollector.RunToolAsync("ready", "--data", Path.Combine(_folder.Path, "data"));
        Assert.Equal((0, "ready"), byFolder);
    }

    [Fact]
    public async Task Consumer_WithTheDeploymentsConfigurationAndNoBroker_IsAliveAndNotReady()
    {
        Assert.SkipUnless(KafkaLibrary.IsAvailable, KafkaLibrary.Missing);
        await using var consumer = Start("consumer.yaml", "consume");
        var port = await PortAsync(consumer);

        Assert.Equal((HttpStatusCode.OK, "ok\n"), await ProbeAsync(port, "/healthz"));
        var (status, sentence) = await ProbeAsync(port, "/readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.EndsWith(".\"}", sentence.TrimEnd(), StringComparison.Ordinal);

        var (code, said) = await RunningCollector.RunToolAsync("ready", "--http", $"127.0.0.1:{port}");
        Assert.Equal(1, code);
        Assert.StartsWith("culvert: ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ready_WhereNothingRuns_FailsAndSaysSo()
    {
        var (code, said) = await RunningCollector.RunToolAsync("ready", "--http", "127.0.0.1:1");
        Assert.Equal(1, code);
        Assert.Contains("No collector answers at http://127.0.0.1:1", said, StringComparison.Ordinal);
    }

    private ChildProcess Start(string manifest, string command)
    {
        var config = (string)DeployedFiles.Yaml("kubernetes", manifest)
            .Single(item => (string)item["kind"]! == "ConfigMap")["data"]!["culvert.json"]!;
        using var authority = new TestAuthority(_folder.Path);

        // The folders of the pod are not here, and its port may be somebody's.
        var path = Path.Combine(_folder.Path, "culvert.json");
        File.WriteAllText(path, config
            .Replace("0.0.0.0:7514", "0.0.0.0:0", StringComparison.Ordinal)
            .Replace("/var/lib/culvert/socket", _folder.Path, StringComparison.Ordinal)
            .Replace("/var/log/pods", Path.Combine(_folder.Path, "pods"), StringComparison.Ordinal)
            .Replace("/etc/culvert/kafka/ca.pem", authority.File, StringComparison.Ordinal)
            .Replace("/etc/culvert/search/ca.pem", authority.File, StringComparison.Ordinal));
        return ChildProcess.StartSelf(command, "--config", path, "--data", Path.Combine(_folder.Path, "data"));
    }

    private static async Task<int> PortAsync(ChildProcess process)
    {
        var ready = await process.WaitForLineAsync("ready ", RunningCollector.Timeout);
        return new Uri(ready.Split(' ')[^1]).Port;
    }

    private static async Task<(HttpStatusCode Status, string Body)> ProbeAsync(
        int port, string path, string address = "127.0.0.1")
    {
        using var client = new HttpClient { Timeout = RunningCollector.Timeout };
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{address}:{port}{path}");

        // The kubelet names the pod by its address, which the collector cannot know.
        request.Headers.Host = $"10.244.1.7:{port}";
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>An address of this machine that is not loopback, as another machine would use it.</summary>
    private static string OtherAddress()
    {
        var address = Dns.GetHostAddresses(Dns.GetHostName(), AddressFamily.InterNetwork)
            .FirstOrDefault(address => !IPAddress.IsLoopback(address));
        Assert.SkipWhen(address is null, "This machine has no address beyond loopback.");
        return address.ToString();
    }
}
