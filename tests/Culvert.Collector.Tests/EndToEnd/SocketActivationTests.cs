using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Culvert.Cli.Processes;

namespace Culvert.Collector.Tests.EndToEnd;

/// <summary>The collector with sockets that another process bound and left to it, as systemd does.</summary>
[Trait("system", "linux")]
public sealed class SocketActivationTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Binds, says where, waits for a line, and becomes the collector. Arguments: sockets as
    /// kind,address,name; then "--" and the command.</summary>
    private const string Launcher = """
        import fcntl, os, socket, sys
        specs = sys.argv[1:sys.argv.index("--")]
        command = sys.argv[sys.argv.index("--") + 1:]
        high, names = [], []
        for kind, address, name in (spec.split(",") for spec in specs):
            names.append(name)
            if kind == "file":
                high.append(fcntl.fcntl(os.open(address, os.O_RDONLY), fcntl.F_DUPFD, 50))
                continue
            family = socket.AF_UNIX if kind.startswith("unix") else socket.AF_INET
            style = socket.SOCK_DGRAM if kind in ("unixgram", "unixgram-bare", "udp") else socket.SOCK_STREAM
            s = socket.socket(family, style)
            if kind == "unixgram": s.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            s.bind(address if family == socket.AF_UNIX else ("127.0.0.1", int(address)))
            if kind in ("unix", "tcp"): s.listen(16)
            print("bound", address if family == socket.AF_UNIX else s.getsockname()[1], flush=True)
            high.append(fcntl.fcntl(s.detach(), fcntl.F_DUPFD, 50))
        for at, descriptor in enumerate(high):
            os.dup2(descriptor, 3 + at)
            os.close(descriptor)
        sys.stdin.readline()
        environment = dict(os.environ, LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(high)))
        if any(names): environment["LISTEN_FDNAMES"] = ":".join(names)
        os.execvpe(command[0], command, environment)
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-activation-").FullName;
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Up_WithSocketsOfOthers_TakesWhatCameBeforeItStarted()
    {
        var (stream, syslog) = (Path.Combine(_folder, "c.sock"), Path.Combine(_folder, "syslog.sock"));
        await using var collector = Launch(
            [$"unix,{stream},", "tcp,0,tcp", $"unixgram,{syslog},", "udp,0,udp", "tcp,0,http"],
            "--listen", $"unix://{stream}", "--listen", $"syslog+unix://{syslog}", "--http", "127.0.0.1:1",
            "--config", Configuration());
        await collector.WaitForLineAsync("bound ", Limit);
        var tcpPort = await PortAsync(collector);
        await collector.WaitForLineAsync("bound ", Limit);
        var udpPort = await PortAsync(collector);
        var httpPort = await PortAsync(collector);

        using var early = SendStream(new UnixDomainSocketEndPoint(stream), "one\ntwo\n");
        using var earlyTcp = SendStream(new IPEndPoint(IPAddress.Loopback, tcpPort), "three\n");
        SendDatagram(new UnixDomainSocketEndPoint(syslog), "<13>four");
        SendDatagram(new IPEndPoint(IPAddress.Loopback, udpPort), "<13>five");
        _go.SetResult();

        var ready = await collector.WaitForLineAsync("ready ", Limit);
        Assert.Contains($"unix://{stream}", ready, StringComparison.Ordinal);
        Assert.Contains($"tcp://127.0.0.1:{tcpPort}", ready, StringComparison.Ordinal);
        Assert.Contains($"syslog+udp://127.0.0.1:{udpPort}", ready, StringComparison.Ordinal);
        Assert.Contains($"http://127.0.0.1:{httpPort}/", ready, StringComparison.Ordinal);
        using var late = SendStream(new UnixDomainSocketEndPoint(stream), "six\n");
        foreach (var socket in (Socket[])[early, earlyTcp, late]) await WaitUntilStoredAsync(socket);
        Assert.True(await collector.StopAsync(Limit), collector.LastLines);
        Assert.Equal(["five", "four", "one", "six", "three", "two"], await StoredAsync());

        // They belong to whoever bound them: a restart finds them again.
        Assert.True(File.Exists(stream));
        Assert.True(File.Exists(syslog));
    }

    [Fact]
    public async Task Up_WithSocketsOfItsInputsNames_TakesThemWhereverTheyAreAndGivesThemToNoChild()
    {
        var (stream, syslog) = (Path.Combine(_folder, "c.sock"), Path.Combine(_folder, "s.sock"));
        await using var collector = Launch(
            [$"unix,{stream},listen1", $"unixgram,{syslog},syslog1"],
            "--listen", "unix:///run/other.sock", "--listen", "syslog+unix:///run/another.sock",
            "--http", "127.0.0.1:0");
        _go.SetResult();
        var ready = await collector.WaitForLineAsync("ready ", Limit);
        Assert.StartsWith($"ready unix://{stream} syslog+unix://{syslog} ", ready, StringComparison.Ordinal);
        var flags = await File.ReadAllLinesAsync(
            $"/proc/{collector.Id}/fdinfo/3", TestContext.Current.CancellationToken);
        var value = flags.Single(line => line.StartsWith("flags:", StringComparison.Ordinal)).Split('\t')[1];
        Assert.Equal(Convert.ToInt32("2000000", 8), Convert.ToInt32(value, 8) & Convert.ToInt32("2000000", 8));
    }

    [Theory]
    [InlineData("tcp,0,", "where nothing in the configuration listens")]
    [InlineData("tcp,0,listen1", "'listen1' is to listen at a stream socket, and was started with the TCP socket")]
    [InlineData("unix-deaf,{0}/deaf.sock,", "does not listen; set Accept=no")]
    [InlineData("unixgram-bare,{0}/b.sock,", "set PassCredentials=yes")]
    [InlineData("file,/dev/null,spare", "The descriptor 3 ('spare') that this process was started with is no socket.")]
    public async Task Up_WithAWrongSocket_SaysWhatIsWrong(string spec, string sentence)
    {
        await using var collector = Launch(
            [string.Format(CultureInfo.InvariantCulture, spec, _folder)],
            "--listen", $"unix://{_folder}/c.sock", "--http", "127.0.0.1:0");
        _go.SetResult();
        await collector.WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Equal(1, collector.ExitCode);
        Assert.Contains(sentence, collector.LastLines, StringComparison.Ordinal);
        Assert.DoesNotContain("ready ", collector.LastLines, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_WithSocketsForAnotherProcess_MakesItsOwn()
    {
        var stream = Path.Combine(_folder, "c.sock");
        await using var collector = ChildProcess.Start(
            "dotnet", [typeof(ChildProcess).Assembly.Location, "up", "--data", Path.Combine(_folder, "data"),
                "--listen", $"unix://{stream}", "--http", "127.0.0.1:0"],
            new Dictionary<string, string> { ["LISTEN_PID"] = "1", ["LISTEN_FDS"] = "7" });
        await collector.WaitForLineAsync("ready ", Limit);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Socket SendStream(EndPoint address, string text)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(address);
        socket.Send(Encoding.ASCII.GetBytes(text));
        socket.Shutdown(SocketShutdown.Send);
        return socket;
    }

    /// <summary>The collector closes a connection that sent its last when all of it is durable.</summary>
    private static async Task WaitUntilStoredAsync(Socket socket)
    {
        var token = TestContext.Current.CancellationToken;
        Assert.Equal(0, await socket.ReceiveAsync(new byte[1], token).AsTask().WaitAsync(Limit, token));
    }

    private static void SendDatagram(EndPoint address, string text)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Unspecified);
        socket.SendTo(Encoding.ASCII.GetBytes(text), address);
    }

    private static async Task<int> PortAsync(ChildProcess collector) =>
        int.Parse((await collector.WaitForLineAsync("bound ", Limit))[6..], CultureInfo.InvariantCulture);

    private string Configuration()
    {
        var file = Path.Combine(_folder, "culvert.json");
        File.WriteAllText(file, """
            { "inputs": {
              "tcp": { "type": "listen", "endpoint": "tcp://127.0.0.1:1" },
              "udp": { "type": "syslog", "endpoint": "syslog+udp://127.0.0.1:1" } } }
            """);
        return file;
    }

    private async Task<string[]> StoredAsync()
    {
        await using var search = ChildProcess.StartSelf("search", "--data", Path.Combine(_folder, "data"), "--json");
        var bodies = new List<string>();
        await foreach (var line in search.Lines.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            using var record = System.Text.Json.JsonDocument.Parse(line);
            bodies.Add(record.RootElement.GetProperty("body").GetString()!);
        }

        return [.. bodies.Order(StringComparer.Ordinal)];
    }

    private ChildProcess Launch(string[] sockets, params string[] options)
    {
        var isThere = Environment.GetEnvironmentVariable("PATH")!.Split(':')
            .Any(folder => File.Exists(Path.Combine(folder, "python3")));
        Assert.SkipUnless(isThere, "python3 is not installed.");
        return ChildProcess.Start(
            "python3",
            ["-c", Launcher, .. sockets, "--", "dotnet", typeof(ChildProcess).Assembly.Location, "up",
                "--data", Path.Combine(_folder, "data"), .. options],
            writeInput: async input =>
            {
                await _go.Task.WaitAsync(Limit);
                await input.WriteAsync("\n"u8.ToArray());
            });
    }
}
