using System.Globalization;
using Culvert.Cli.Bench.Transports;

namespace Culvert.Cli.Bench.Memory;

/// <summary>
/// Shared memory beside the same in C and beside other libraries, and the marks that Culvert has set itself. All that
/// is compared runs in turns, each between two processes of its own, and the best of three rounds counts.
/// </summary>
internal sealed class MemoryBench(BenchReport report, double seconds, CBaseline? c, string? peers)
{
    private const int Rounds = 3;
    private const int Small = 64;
    private const int Large = 64 * 1024;
    private const string CName = "C, shared memory";

    // Where two processors are allowed: the first two of them.
    private const int First = 0;
    private const int Second = 1;

    private static readonly string[] Trip = ["p50_us", "p99_us", "p999_us"];
    private static readonly string[] Rate = ["messages_per_s"];
    private static readonly string[] Whole = ["--touch", "all"];

    private readonly PeerProgram? _aeron = PeerProgram.TryFind(peers, "aeron");
    private readonly PeerProgram? _iceoryx = PeerProgram.TryFind(peers, "iceoryx2");

    public static async Task RunAsync(
        BenchReport report, double seconds, string? peers, CancellationToken cancellationToken)
    {
        using var c = CBaseline.TryBuild(CBaseline.Memory, out var problem);
        if (c is null) Console.Error.WriteLine($"No C baseline of shared memory: {problem}.");
        await new MemoryBench(report, seconds, c, peers).RunAsync().WaitAsync(cancellationToken);
    }

    private async Task RunAsync()
    {
        var trip = await CompareAsync(
            "pingpong", Small, isRate: false,
            ("C", () => C("pingpong", Small)),
            ("shm", () => CulvertAsync(MemoryMode.PingPong, Small)),
            ("Aeron", () => Peer(_aeron, "pingpong", Small, [], Trip)),
            ("iceoryx2", () => Peer(_iceoryx, "pingpong", Small, Whole, Trip)));
        Mark(trip, "pingpong", Small, "C", 1.25, isMost: true);
        Mark(trip, "pingpong", Small, "Aeron", 1, isMost: true);
        Mark(trip, "pingpong", Small, "iceoryx2", 1 / 3d, isMost: true);

        var stream = await CompareAsync(
            "stream", Small, isRate: true,
            ("C", () => C("stream", Small)),
            ("shm", () => CulvertAsync(MemoryMode.Stream, Small)),
            ("shm pipe", () => CulvertAsync(MemoryMode.Pipe, Small)),
            ("Aeron", () => Peer(_aeron, "stream", Small, [], Rate)),
            ("iceoryx2", () => Peer(_iceoryx, "stream", Small, Whole, Rate)));
        Mark(stream, "stream", Small, "Aeron", 1, isMost: false);
        Mark(stream, "stream", Small, "C", 0.8, isMost: false, "shm pipe");

        var large = await CompareAsync(
            "stream, whole", Large, isRate: true,
            ("shm", () => CulvertAsync(MemoryMode.Whole, Large)),
            ("iceoryx2", () => Peer(_iceoryx, "stream", Large, Whole, Rate)));
        Mark(large, "stream, whole", Large, "iceoryx2", 1, isMost: false);

        if (!OperatingSystem.IsLinux()) return; // What follows is placed by taskset, and compared with a futex.
        await SleepAsync("futex, one CPU", First, First);
        if (Environment.ProcessorCount > 1) await SleepAsync("futex, two CPUs", First, Second);
    }

    private async Task SleepAsync(string what, int here, int there)
    {
        var best = await CompareAsync(
            what, Small, isRate: false,
            ("C", () => Task.FromResult(c?.Measure("futex", Small, seconds, here, there))),
            ("shm", () => CulvertAsync(MemoryMode.Sleeping, Small, here, there)));
        Mark(best, what, Small, "C", 1.3, isMost: true);
    }

    private async Task<Dictionary<string, double[]>> CompareAsync(
        string what, int size, bool isRate, params (string Name, Func<Task<double[]?>> Measure)[] subjects)
    {
        var best = new Dictionary<string, double[]>();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (name, measure) in subjects)
            {
                if (await measure() is not { Length: > 0 } figures) continue;
                if (!best.TryGetValue(name, out var before) || isRate == figures[0] > before[0]) best[name] = figures;
            }
        }

        foreach (var (name, _) in subjects)
        {
            if (!best.TryGetValue(name, out var figures)) continue;
            report.Add(
                $"{(name == "C" ? CName : name)} {what}", Size(size),
                isRate ? [(Rate[0], figures[0]), ("mb_per_s", figures[0] * size / 1e6)] : [.. Trip.Zip(figures)]);
        }

        return best;
    }

    private void Mark(
        Dictionary<string, double[]> best, string what, int size, string other, double mark, bool isMost,
        string name = "shm")
    {
        if (!best.TryGetValue(name, out var ours) || !best.TryGetValue(other, out var theirs)) return;
        report.Mark($"{name} / {other}, {what}", Size(size), ours[0] / theirs[0], mark, isMost);
    }

    private Task<double[]?> C(string mode, int size) => Task.FromResult(c?.Measure(mode, size, seconds));

    private Task<double[]?> Peer(PeerProgram? peer, string mode, int size, string[] more, string[] figures) =>
        Task.FromResult(peer?.Measure(mode, size, seconds, more, figures));

    private async Task<double[]?> CulvertAsync(MemoryMode mode, int size, int? here = null, int? there = null)
    {
        var culture = CultureInfo.InvariantCulture;
        var endpoint = $"shm://culvert-bench-{Guid.NewGuid():N}";
        await using var peer = await BenchPeer.StartOnAsync(
            there, MemoryPeer.CommandName, endpoint, $"{mode}", size.ToString(culture));
        await using var client = await BenchPeer.StartOnAsync(
            here, MemoryClient.CommandName, endpoint, $"{mode}", size.ToString(culture), seconds.ToString(culture));
        if (client.Said.Length > 0) return CBaseline.FiguresOf(client.Said);
        report.Wrong($"shm {mode} of {size} bytes");
        return null;
    }

    private static string Size(int bytes) => bytes % 1024 == 0 ? $"{bytes / 1024} KB" : $"{bytes} B";
}
