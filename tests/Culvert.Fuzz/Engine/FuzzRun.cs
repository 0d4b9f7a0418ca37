using System.Diagnostics;
using System.Globalization;
using Culvert.Fuzz.Coverage;
using Culvert.Fuzz.Targets;

namespace Culvert.Fuzz.Engine;

/// <summary>Fuzzes targets, each in a process of its own, and watches the processes: a crash, a hang and too much
/// memory are findings like any other.</summary>
internal sealed class FuzzRun(FuzzOptions options)
{
    private const string StateVariable = "CULVERT_FUZZ_STATE";

    /// <summary>The file shared with the watcher, in a worker.</summary>
    public static string? StatePath => Environment.GetEnvironmentVariable(StateVariable);

    /// <summary>Prints a line for each target and a summary; returns 1 when something was found.</summary>
    public async Task<int> RunAsync(IReadOnlyList<IFuzzTarget> targets)
    {
        var folder = Directory.CreateTempSubdirectory("culvert-fuzz-").FullName;
        try
        {
            Instrumenter.CopyTo(folder);
            var failed = 0;
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Jobs };
            await Parallel.ForEachAsync(targets, parallel, async (target, _) =>
            {
                if (!await WatchAsync(folder, target)) Interlocked.Increment(ref failed);
            });
            Console.WriteLine($"""

                Test run summary: {(failed == 0 ? "Passed" : "Failed")}!
                  total: {targets.Count}
                  failed: {failed}
                  succeeded: {targets.Count - failed}
                  skipped: 0
                """);
            return failed == 0 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<bool> WatchAsync(string folder, IFuzzTarget target)
    {
        var path = Path.Combine(folder, target.Name + ".state");
        using var state = new WorkerState(path);
        using var worker = Process.Start(StartInfo(folder, target, path))!;
        var output = worker.StandardOutput.ReadToEndAsync();
        var errors = worker.StandardError.ReadToEndAsync();
        var hangs = !await EndsAsync(worker, state);
        if (hangs) worker.Kill();
        await worker.WaitForExitAsync();
        Console.Write(await output + await errors);
        if (!hangs && worker.ExitCode is 0 or 1) return worker.ExitCode == 0;

        var problem = hangs
            ? $"An input took longer than {FuzzLimits.InputTimeMax.TotalSeconds} s"
            : $"The process ended with {worker.ExitCode}";
        var saved = new Finding(state.Input, problem, "").Save(options.Findings, target.Name);
        Console.WriteLine($"{target.Name}: {problem} after {state.Runs:N0} inputs of seed {options.Seed}; the input "
            + $"is in {saved}.");
        return false;
    }

    /// <summary>False when an input takes too long.</summary>
    private static async Task<bool> EndsAsync(Process worker, WorkerState state)
    {
        using var timer = new PeriodicTimer(FuzzLimits.InputTimeMax);
        var end = worker.WaitForExitAsync();
        for (var seen = -1L; ; seen = state.Runs)
        {
            if (await Task.WhenAny(end, timer.WaitForNextTickAsync().AsTask()) == end) return true;
            if (state.Runs == seen) return false;
        }
    }

    private ProcessStartInfo StartInfo(string folder, IFuzzTarget target, string statePath)
    {
        var start = new ProcessStartInfo(Path.Combine(folder, Path.GetFileName(Environment.ProcessPath!)))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments =
        [
            target.Name,
            "--for", $"{options.Duration.TotalSeconds.ToString(CultureInfo.InvariantCulture)}s",
            "--seed", options.Seed.ToString(CultureInfo.InvariantCulture), "--findings", options.Findings,
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        if (options.Corpus is not null)
        {
            start.ArgumentList.Add("--corpus");
            start.ArgumentList.Add(options.Corpus);
        }

        start.Environment[StateVariable] = statePath;
        start.Environment["DOTNET_GCHeapHardLimit"] = FuzzLimits.HeapHardLimit;
        start.Environment["DOTNET_TieredPGO"] = "0";
        return start;
    }
}
