using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Culvert.Cli.Processes;

namespace Culvert.Services.Tests.Kafka;

/// <summary>One real broker (KRaft) from the distribution at KAFKA_HOME, on ports that were free, with its data in a
/// folder of its own; it can be killed and started again on the same ports and data.</summary>
internal sealed class KafkaBroker : IAsyncDisposable
{
    public const int Partitions = 3;

    private const string ClusterId = "MkU3OEVBNTcwNTJENDM2Qg";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);

    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-kafka-").FullName;
    private readonly string _home;
    private ChildProcess? _process;

    private KafkaBroker(string home) => _home = home;

    public string Address { get; private set; } = "";

    private string Properties => Path.Combine(_folder, "server.properties");

    /// <summary>Starts a broker, or skips the test with the reason.</summary>
    /// <param name="settings">Lines of server.properties; the last value of a name wins.</param>
    public static async Task<KafkaBroker> StartAsync(params string[] settings)
    {
        var home = Environment.GetEnvironmentVariable("KAFKA_HOME");
        if (string.IsNullOrEmpty(home) || !Directory.Exists(home))
            Assert.Skip("KAFKA_HOME does not name the folder of a Kafka distribution.");
        var broker = new KafkaBroker(home);
        try
        {
            await broker.FormatAsync(settings);
            await broker.StartAgainAsync();
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    public async Task StartAgainAsync()
    {
        _process = ChildProcess.Start(
            Path.Combine(_home, "bin", "kafka-server-start.sh"), [Properties], ProcessEnvironment());
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(StartTimeout);
        // Its log goes wherever the distribution's configuration says; its port opens when it serves.
        while (!await AnswersAsync(deadline.Token))
        {
            Assert.False(_process.HasExited, $"The broker ended at its start. {_process.LastLines}");
            await timer.WaitForNextTickAsync(deadline.Token);
        }
    }

    /// <summary>SIGKILL, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        if (_process is null) return;
        await _process.DisposeAsync();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task FormatAsync(string[] settings)
    {
        var (client, controller) = (FreePort(), FreePort());
        Address = $"127.0.0.1:{client}";
        var lines = (string[])
        [
            "process.roles=broker,controller", "node.id=1", $"controller.quorum.voters=1@127.0.0.1:{controller}",
            $"listeners=CLIENT://{Address},CONTROLLER://127.0.0.1:{controller}",
            $"advertised.listeners=CLIENT://{Address}",
            "listener.security.protocol.map=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "controller.listener.names=CONTROLLER", "inter.broker.listener.name=CLIENT",
            $"log.dirs={Path.Combine(_folder, "data")}", "offsets.topic.replication.factor=1",
            "transaction.state.log.replication.factor=1", "transaction.state.log.min.isr=1",
            "broker.session.timeout.ms=2000", "broker.heartbeat.interval.ms=500",
            "group.initial.rebalance.delay.ms=0", $"num.partitions={Partitions}",
        ];
        await File.WriteAllLinesAsync(Properties, lines.Concat(settings), TestContext.Current.CancellationToken);
        await using var format = ChildProcess.Start(
            Path.Combine(_home, "bin", "kafka-storage.sh"),
            ["format", "-t", ClusterId, "-c", Properties],
            ProcessEnvironment());
        await format.WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(StartTimeout, TestContext.Current.CancellationToken);
        Assert.True(format.ExitCode == 0, $"The broker's storage was not made. {format.LastLines}");
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPEndPoint.Parse(Address), cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private Dictionary<string, string> ProcessEnvironment() =>
        new() { ["LOG_DIR"] = Path.Combine(_folder, "logs"), ["KAFKA_HEAP_OPTS"] = "-Xmx512M -Xms128M" };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return int.Parse(
            listener.LocalEndpoint.ToString()!.Split(':')[^1], NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
