using System.Net;
using System.Net.Sockets;
using Culvert.Cli.Processes;

namespace Culvert.Cli.Bench.Ship;

/// <summary>One real Kafka broker (KRaft) of a distribution, on ports that were free, with its data in a folder of its
/// own; it can be killed and started again on the same ports and data.</summary>
internal sealed class KafkaNode : IAsyncDisposable
{
    private const string ClusterId = "MkU3OEVBNTcwNTJENDM2Qg";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);

    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-kafka-").FullName;
    private readonly string _home;
    private ChildProcess? _process;

    private KafkaNode(string home) => _home = home;

    public string Address { get; private set; } = "";

    private string Properties => Path.Combine(_folder, "server.properties");

    private string Data => Path.Combine(_folder, "data");

    /// <summary>The folder that KAFKA_HOME names; null when it names none.</summary>
    public static string? FindHome() => Environment.GetEnvironmentVariable("KAFKA_HOME") is { Length: > 0 } home
        && Directory.Exists(home) ? home : null;

    /// <summary>Makes a broker's storage and starts it; returns when its port is open.</summary>
    /// <param name="home">The folder of a distribution.</param>
    /// <param name="settings">Lines of server.properties; the last value of a name wins.</param>
    /// <param name="cancellationToken">Ends the wait, and the broker.</param>
    public static async Task<KafkaNode> StartAsync(
        string home, IEnumerable<string> settings, CancellationToken cancellationToken)
    {
        var broker = new KafkaNode(home);
        try
        {
            await broker.FormatAsync(settings, cancellationToken);
            await broker.StartAgainAsync(cancellationToken);
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <summary>The same broker, on the same port and data.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        _process = ChildProcess.Start(
            Path.Combine(_home, "bin", "kafka-server-start.sh"), [Properties], ProcessEnvironment());
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(StartTimeout);
        // Its log goes wherever the distribution's configuration says; its port opens when it serves.
        while (!await AnswersAsync(deadline.Token))
        {
            if (_process.HasExited)
                throw new InvalidOperationException($"The broker ended at its start. {_process.LastLines}");
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

    private async Task FormatAsync(IEnumerable<string> settings, CancellationToken cancellationToken)
    {
        var (client, controller) = (LoopbackPort.Free(), LoopbackPort.Free());
        Address = $"127.0.0.1:{client}";
        var lines = (string[])
        [
            "process.roles=broker,controller", "node.id=1", $"controller.quorum.voters=1@127.0.0.1:{controller}",
            $"listeners=CLIENT://{Address},CONTROLLER://127.0.0.1:{controller}",
            $"advertised.listeners=CLIENT://{Address}",
            "listener.security.protocol.map=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "controller.listener.names=CONTROLLER", "inter.broker.listener.name=CLIENT",
            $"log.dirs={Data}", "offsets.topic.replication.factor=1",
            "transaction.state.log.replication.factor=1", "transaction.state.log.min.isr=1",
            "broker.session.timeout.ms=2000", "broker.heartbeat.interval.ms=500",
            "group.initial.rebalance.delay.ms=0",
        ];
        await File.WriteAllLinesAsync(Properties, lines.Concat(settings), cancellationToken);
        await using var format = ChildProcess.Start(
            Path.Combine(_home, "bin", "kafka-storage.sh"),
            ["format", "-t", ClusterId, "-c", Properties],
            ProcessEnvironment());
        await format.WaitForExitAsync(cancellationToken).WaitAsync(StartTimeout, cancellationToken);
        if (format.ExitCode != 0)
            throw new InvalidOperationException($"The broker's storage was not made. {format.LastLines}");
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
}
