using Culvert.Cli.Bench.Ship;
using Culvert.Cli.Processes;

namespace Culvert.Services.Tests.Kafka;

/// <summary>A broker for a test, which is skipped where KAFKA_HOME names no distribution.</summary>
internal sealed class KafkaBroker : IAsyncDisposable
{
    public const int Partitions = 3;

    private readonly KafkaNode _node;

    private KafkaBroker(KafkaNode node) => _node = node;

    public string Address => _node.Address;

    /// <summary>Starts a broker, or skips the test with the reason.</summary>
    /// <param name="settings">Lines of server.properties; the last value of a name wins.</param>
    public static async Task<KafkaBroker> StartAsync(params string[] settings)
    {
        var home = KafkaNode.FindHome();
        if (home is null) Assert.Skip("KAFKA_HOME does not name the folder of a Kafka distribution.");
        return new KafkaBroker(await KafkaNode.StartAsync(
            home, [$"num.partitions={Partitions}", .. settings], TestContext.Current.CancellationToken));
    }

    /// <summary>The same broker, on the same port and data.</summary>
    public Task StartAgainAsync() => _node.StartAgainAsync(TestContext.Current.CancellationToken);

    /// <summary>SIGKILL, and waits until it is gone.</summary>
    public Task KillAsync() => _node.KillAsync();

    /// <summary>Runs a tool of the distribution against it, to its end, which must be a good one.</summary>
    public async Task RunToolAsync(string tool, params string[] arguments)
    {
        await using var run = ChildProcess.Start(
            Path.Combine(KafkaNode.FindHome()!, "bin", tool), ["--bootstrap-server", Address, .. arguments],
            new Dictionary<string, string> { ["KAFKA_HEAP_OPTS"] = "-Xmx128M" });
        await run.WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.True(run.ExitCode == 0, run.LastLines);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();
}
