using System.Text.Json;
using Culvert.Cli.Processes;

namespace Culvert.Cli.Bench;

/// <summary>Other logging libraries, measured in the same run by a program of their own, so that the product does not
/// depend on them: bench/Culvert.LogPeers, which is built when it is first asked for.</summary>
internal static class LogPeers
{
    private const string Project = "bench/Culvert.LogPeers";
    private static readonly TimeSpan RunTimeout = TimeSpan.FromMinutes(2);

    public static async Task RunAsync(BenchReport report, CancellationToken cancellation)
    {
        if (FindRepository() is not { } repository)
        {
            Console.Error.WriteLine($"The other libraries are left out: {Project} is in the repository alone.");
            return;
        }

        if (await ProjectBuild.RunAsync(Path.Combine(repository, Project), cancellation) is { } problem)
        {
            Console.Error.WriteLine($"The other libraries are left out: {Project} does not build. {problem}");
            return;
        }

        await using var peers = ChildProcess.Start(
            "dotnet", [Path.Combine(repository, "artifacts/bin/Culvert.LogPeers/release/Culvert.LogPeers.dll")]);
        while (await peers.WaitForLineAsync("", RunTimeout) is { } line && line != "end") Add(report, line);
    }

    private static void Add(BenchReport report, string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        var figures = new LogCallFigures(
            root.GetProperty("mean_ns").GetDouble(), root.GetProperty("best_ns").GetDouble(),
            root.GetProperty("p999_ns").GetDouble(),
            root.GetProperty("allocated_bytes").GetDouble());
        report.Add(root.GetProperty("subject").GetString()!, "1 thread", figures.Columns);
    }

    private static string? FindRepository()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !Directory.Exists(Path.Combine(folder, Project)))
            folder = Path.GetDirectoryName(folder);
        return folder;
    }
}
