using System.CommandLine;
using System.Runtime.Versioning;
using Culvert.Cli.Bench.Memory;
using Culvert.Cli.Bench.Transports;
using Culvert.Cli.Terminal;
using Culvert.Connections;

namespace Culvert.Cli.Bench;

/// <summary><c>culvert bench transports</c>: round trips and streams between two processes, beside the same in
/// C.</summary>
internal static class TransportsBench
{
    private const int IdleCount = 1000;
    private const int Rounds = 3;

    /// <summary>Turns in a round: what is compared goes on by turns of a part of a second each.</summary>
    private const int Turns = 10;

    private const string CopyData = "copydata";
    private const string MessagePipe = "pipe-message";
    private const string Tls = "tls";
    private static readonly string[] AllTransports = OperatingSystem.IsWindows()
        ? ["mem", "tcp", "pipe", MessagePipe, "shm", CopyData]
        : ["unix", "local", "pipe", "shm", "tcp", Tls, "mem"];

    // What says nothing of its own, and what is no connection to another process.
    private static readonly string[] NoIdle = ["mem", MessagePipe, CopyData];

    private static readonly int[] AllSizes = [64, 1024, 64 * 1024];

    public static Command Create()
    {
        var transports = new Option<string[]>("--transport")
        {
            Description = $"{string.Join(", ", AllTransports)}; may stand several times. Default: all.",
            AllowMultipleArgumentsPerToken = true,
        };
        transports.AcceptOnlyFromAmong(AllTransports);
        var sizes = new Option<int[]>("--size")
        {
            Description = "Message size in bytes, from 8; may stand several times. Default: 64 1024 65536.",
            AllowMultipleArgumentsPerToken = true,
        };
        sizes.Validators.Add(result =>
        {
            var isGood = result.Tokens.All(token =>
                int.TryParse(token.Value, out var size) && size is >= BenchMessage.SizeMin and <= 1 << 24);
            if (!isGood)
            {
                result.AddError($"--size takes whole numbers from {BenchMessage.SizeMin} to {1 << 24}.");
            }
        });
        var seconds = new Option<double>("--seconds")
        {
            Description = "How long each of three rounds measures, in seconds.", DefaultValueFactory = _ => 1,
        };
        var json = new Option<bool>("--json") { Description = "One JSON object a line." };
        var peers = new Option<DirectoryInfo>("--peers")
        {
            Description = "A folder with aeron/aeron-bench and iceoryx2/iceoryx2-bench, which run in turns with shm.",
        };
        peers.AcceptExistingOnly();
        var command = new Command(
            "transports",
            "Measure round trips and streams of every transport between two processes, beside blocking C or the "
            + "system's own calls.")
        {
            transports, sizes, seconds, peers, json,
        };
        command.WithExamples(
            "culvert bench transports --transport unix --size 64 --seconds 5",
            "culvert bench transports --transport shm --peers ../peers");
        command.SetAction((result, token) => RunAsync(
            result.GetValue(transports) is { Length: > 0 } names ? names : AllTransports,
            result.GetValue(sizes) is { Length: > 0 } values ? values : AllSizes,
            result.GetValue(seconds),
            result.GetValue(peers)?.FullName,
            result.GetValue(json),
            token));
        return command;
    }

    private static async Task<int> RunAsync(
        string[] transports, int[] sizes, double seconds, string? peers, bool json,
        CancellationToken cancellationToken)
    {
        var report = new BenchReport("transports", json, Console.Out);
        using var c = TryBuildC();
        using var certificate = transports.Contains(Tls) ? new BenchCertificate() : null;
        if (!json) Console.Out.WriteLine($"Processors allowed to all processes: {AllowedProcessors()}.");

        foreach (var mode in (string[])["pingpong", "stream"])
        {
            foreach (var size in sizes)
            {
                // What is compared runs in turns, under the same conditions.
                foreach (var family in transports.GroupBy(FamilyOf))
                {
                    await CompareAsync(report, c, certificate, mode, size, seconds, family)
                        .WaitAsync(cancellationToken);
                }
            }
        }

        foreach (var name in transports.Except(NoIdle))
        {
            await IdleAsync(report, name, certificate).WaitAsync(cancellationToken);
        }

        if (transports.Contains("shm"))
        {
            await MemoryBench.RunAsync(report, seconds, peers, cancellationToken);
        }

        return report.ExitCode;
    }

    /// <summary>Reports the best of several rounds of each. Where the system puts two processes decides about a round
    /// trip's time (five times as long where both processors must be woken), whatever runs in them; several rounds let
    /// each be seen at its best place.</summary>
    private static async Task CompareAsync(
        BenchReport report, CBaseline? c, BenchCertificate? certificate, string mode, int size, double seconds,
        IGrouping<string, string> transports)
    {
        var family = transports.Key;
        var floorName = FloorOf(family);
        double[]? floor = null;
        var best = transports.ToDictionary(name => name, _ => (double[]?)null);
        for (var round = 0; round < Rounds; round++)
        {
            if (family != Tls) floor = Better(mode, floor, c?.Measure(mode, family, size, seconds));
            var opened = new List<(string? Name, BenchTurns Turns)>();
            try
            {
                var system = family == Tls ? await DotNetTls.OpenAsync(certificate!, mode, size)
                    : OperatingSystem.IsWindows() ? await OpenFloorAsync(family, mode, size) : null;
                if (system is not null) opened.Add((null, new BenchTurns(system, null, mode, size)));

                foreach (var name in transports)
                {
                    opened.Add((name, await OpenAsync(name, certificate, mode, size)));
                }

                for (var turn = 0; turn < Turns; turn++)
                {
                    foreach (var (_, turns) in opened) await turns.RunAsync(seconds / Turns);
                }
            }
            finally
            {
                foreach (var (_, turns) in opened) await turns.DisposeAsync();
            }

            foreach (var (name, turns) in opened)
            {
                var figures = turns.Figures();
                if (figures is null) report.Wrong($"{name ?? floorName} {mode} of {size} bytes");
                if (name is null) floor = Better(mode, floor, figures);
                else best[name] = Better(mode, best[name], figures);
            }
        }

        if (floor is not null) report.Add($"{floorName} {mode}", Size(size), Figures(mode, size, floor));
        foreach (var name in transports)
        {
            if (best[name] is not { } figures) continue;
            report.Add(
                $"{name} {mode}", Size(size), Figures(mode, size, figures),
                floor is null ? null : floorName, figures[0] / floor?[0]);
        }
    }

    private static double[]? Better(string mode, double[]? one, double[]? other)
    {
        if (one is null || other is null) return one ?? other;
        return mode == "stream" == other[0] > one[0] ? other : one;
    }

    /// <summary>Those that are compared with the same.</summary>
    private static string FamilyOf(string transport) =>
        OperatingSystem.IsWindows() || transport is "tcp" or Tls ? transport : "unix";

    /// <summary>What a family is compared with.</summary>
    private static string FloorOf(string family) => family switch
    {
        CopyData => "bare SendMessage",
        Tls => "SslStream",
        "pipe" when OperatingSystem.IsWindows() => "NamedPipeStream",
        MessagePipe => "NamedPipeStream, messages",
        _ => $"C, blocking, {family}",
    };

    [SupportedOSPlatform("windows")]
    private static async Task<IBenchLine?> OpenFloorAsync(string family, string mode, int size) => family switch
    {
        CopyData => await BareCopyDataLine.OpenAsync(mode, size),
        "pipe" => await DotNetPipe.OpenAsync(hasMessages: false, mode, size),
        MessagePipe => await DotNetPipe.OpenAsync(hasMessages: true, mode, size),
        _ => null,
    };

    private static async Task IdleAsync(BenchReport report, string name, BenchCertificate? certificate)
    {
        var (endpoint, peer) = await TransportsPeer.StartAsync(EndpointOf(name, certificate));
        await using var owned = peer;
        if (await IdleConnections.MeasureAsync(endpoint, IdleCount) is not { } bytes)
        {
            report.Wrong($"{name} idle connections");
            return;
        }

        report.Add(
            $"{name} idle", $"{IdleCount}",
            [
                ("bytes_per_idle_connection", bytes.Heap), ("resident_bytes", bytes.Resident),
                ("cpu_us_per_s", bytes.ProcessorUs),
            ]);
    }

    private static CBaseline? TryBuildC()
    {
        if (OperatingSystem.IsWindows()) return null;
        var baseline = CBaseline.TryBuild(CBaseline.Sockets, out var problem);
        if (baseline is null) Console.Error.WriteLine($"No C baseline: {problem}.");
        return baseline;
    }

    private static async Task<BenchTurns> OpenAsync(
        string name, BenchCertificate? certificate, string mode, int size)
    {
        var (endpoint, peer) = await TransportsPeer.StartAsync(EndpointOf(name, certificate));
        var kind = mode == "stream" ? TransportsPeer.Stream : TransportsPeer.PingPong;
        return new BenchTurns(await ConnectionLine.OpenAsync(endpoint, kind, size), peer, mode, size);
    }

    private static Endpoint EndpointOf(string name, BenchCertificate? certificate)
    {
        var unique = $"culvert-bench-{Guid.NewGuid():N}";
        return Endpoint.Parse(name switch
        {
            "tcp" => "tcp://127.0.0.1:0",
            Tls => $"tls://127.0.0.1:0?cert={certificate!.File}&ca={certificate.File}&clients=none",
            "unix" => $"unix://{Path.GetTempPath()}{unique}.sock",
            MessagePipe => $"pipe://{unique}?mode=message",
            _ => $"{name}://{unique}",
        });
    }

    private static (string, double)[] Figures(string mode, int size, double[] figures) => mode == "stream"
        ? [("messages_per_s", figures[0]), ("mb_per_s", figures[0] * size / 1e6)]
        : [("p50_us", figures[0]), ("p99_us", figures[1]), ("p999_us", figures[2])];

    private static string Size(int bytes) => bytes % 1024 == 0 ? $"{bytes / 1024} KB" : $"{bytes} B";

    private static string AllowedProcessors()
    {
        const string Name = "Cpus_allowed_list:";
        if (!OperatingSystem.IsLinux()) return $"{Environment.ProcessorCount}";
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(Name, StringComparison.Ordinal));
        return line[Name.Length..].Trim();
    }
}
