using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Culvert.Cli.Bench.Transports;
using Culvert.Cli.Terminal;
using Culvert.Connections;

namespace Culvert.Cli.Bench;

/// <summary><c>culvert bench transports</c>: round trips and streams between two processes, beside the same in
/// C.</summary>
internal static class TransportsBench
{
    private const int IdleConnections = 1000;
    private const int Rounds = 3;
    private const string BareCopyDataName = "bare SendMessage";
    private const string CopyData = "copydata";
    private static readonly string[] AllTransports = OperatingSystem.IsWindows()
        ? ["mem", CopyData]
        : ["unix", "local", "pipe", "tcp", "mem"];
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
        var command = new Command(
            "transports",
            "Measure round trips and streams of every transport between two processes, beside blocking C or the "
            + "system's own calls.")
        {
            transports, sizes, seconds, json,
        };
        command.WithExamples("culvert bench transports --transport unix --size 64 --seconds 5");
        command.SetAction((result, token) => RunAsync(
            result.GetValue(transports) is { Length: > 0 } names ? names : AllTransports,
            result.GetValue(sizes) is { Length: > 0 } values ? values : AllSizes,
            result.GetValue(seconds),
            result.GetValue(json),
            token));
        return command;
    }

    private static async Task<int> RunAsync(
        string[] transports, int[] sizes, double seconds, bool json, CancellationToken cancellationToken)
    {
        var report = new BenchReport("transports", json, Console.Out);
        using var c = TryBuildC();
        if (!json) Console.Out.WriteLine($"Processors allowed to all processes: {AllowedProcessors()}.");

        foreach (var mode in (string[])["pingpong", "stream"])
        {
            foreach (var size in sizes)
            {
                // What is compared runs in turns, under the same conditions.
                foreach (var family in transports.GroupBy(FamilyOf))
                {
                    await CompareAsync(report, c, mode, size, seconds, family).WaitAsync(cancellationToken);
                }
            }
        }

        foreach (var name in transports.Where(name => name is not ("mem" or CopyData)))
        {
            await WithPeerAsync(name, endpoint => IdleAsync(report, name, endpoint)).WaitAsync(cancellationToken);
        }

        return report.ExitCode;
    }

    /// <summary>Reports the best of several rounds of each. Where the system puts two processes decides about a round
    /// trip's time (five times as long where both processors must be woken), whatever runs in them; several rounds let
    /// each be seen at its best place.</summary>
    private static async Task CompareAsync(
        BenchReport report, CBaseline? c, string mode, int size, double seconds, IGrouping<string, string> transports)
    {
        var family = transports.Key;
        double[]? floor = null;
        var best = transports.ToDictionary(name => name, _ => (double[]?)null);
        for (var round = 0; round < Rounds; round++)
        {
            floor = Better(mode, floor, family == CopyData
                ? MeasureBareCopyData(mode, size, seconds)
                : c?.Measure(mode, family, size, seconds));
            foreach (var name in transports)
            {
                double[]? figures = null;
                await WithPeerAsync(name, async endpoint =>
                    figures = await TransportsMeasure.MeasureAsync(mode, endpoint, size, seconds));
                if (figures is null) report.Wrong($"{name} {mode} of {size} bytes");
                best[name] = Better(mode, best[name], figures);
            }
        }

        var floorName = family == CopyData ? BareCopyDataName : $"C, blocking, {family}";
        if (floor is not null)
        {
            var program = family == CopyData ? "bare" : "c";
            report.Add($"{program} {family} {mode}", Size(size), Figures(mode, size, floor));
        }

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

    /// <summary>What a transport is compared with.</summary>
    private static string FamilyOf(string transport) => transport is "tcp" or CopyData ? transport : "unix";

    private static async Task IdleAsync(BenchReport report, string name, Endpoint endpoint)
    {
        if (await TransportsMeasure.IdleAsync(endpoint, IdleConnections) is not { } bytes)
        {
            report.Wrong($"{name} idle connections");
            return;
        }

        report.Add(
            $"{name} idle", $"{IdleConnections}",
            [("bytes_per_idle_connection", bytes.Heap), ("resident_bytes", bytes.Resident)]);
    }

    private static CBaseline? TryBuildC()
    {
        if (OperatingSystem.IsWindows()) return null;
        var baseline = CBaseline.TryBuild(out var problem);
        if (baseline is null) Console.Error.WriteLine($"No C baseline: {problem}.");
        return baseline;
    }

    private static double[]? MeasureBareCopyData(string mode, int size, double seconds)
    {
        if (!OperatingSystem.IsWindows()) return null;
        var answers = mode == "pingpong" ? "true" : "false";
        var start = ChildStart(BareCopyData.CommandName, size.ToString(CultureInfo.InvariantCulture), answers);
        using var child = Process.Start(start)!;
        var figures = BareCopyData.Measure(child, mode, size, seconds);
        child.StandardInput.Close();
        child.WaitForExit();
        return figures;
    }

    /// <summary>Runs the measurement against a second process, or against this one for <c>mem://</c>.</summary>
    private static async Task WithPeerAsync(string name, Func<Endpoint, Task> measure)
    {
        var unique = $"culvert-bench-{Environment.ProcessId}";
        var endpoint = name switch
        {
            "tcp" => "tcp://127.0.0.1:0",
            "unix" => $"unix://{Path.GetTempPath()}{unique}.sock",
            _ => $"{name}://{unique}",
        };
        if (name == "mem")
        {
            await using var listener = await Ipc.ListenAsync(endpoint);
            var serving = TransportsPeer.ServeAsync(listener);
            await measure(listener.Endpoint);
            await listener.UnbindAsync();
            await serving;
            return;
        }

        using var child = Process.Start(ChildStart(TransportsPeer.CommandName, endpoint))!;
        var ready = await child.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException("The second process of the benchmark did not start.");
        await measure(Endpoint.Parse(ready));
        child.StandardInput.Close();
        await child.WaitForExitAsync();
    }

    private static ProcessStartInfo ChildStart(params string[] arguments)
    {
        // Started by its own host or by `dotnet culvert.dll`: the child is started the same way.
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Culvert.Cli.dll"));
        }

        start.ArgumentList.Add("bench");
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return start;
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
