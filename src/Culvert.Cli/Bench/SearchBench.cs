using System.CommandLine;
using System.Diagnostics;
using Culvert.Collector.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Cli.Bench;

/// <summary><c>culvert bench search</c>: how fast the store answers, cold and warm, beside a plain scan of the same
/// text.</summary>
internal static class SearchBench
{
    private const int WarmRuns = 21;
    private const int ColdRuns = 5;

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "One JSON object a line." };
        var records = new Option<int>("--records")
        {
            Description = "Records in the store.", DefaultValueFactory = _ => 5_000_000,
        };
        var keep =
            new Option<string?>("--keep") { Description = "Build the store in this folder, or use the one there." };
        var command = new Command(
            "search",
            "Measure searches over a store of generated records, each answer checked.\n\n"
            + "Example: culvert bench search --records 1000000")
        {
            json, records, keep,
        };
        command.SetAction((parsed, cancellationToken) => Task.FromResult(
            Run(parsed.GetValue(json), parsed.GetValue(records), parsed.GetValue(keep), cancellationToken)));
        return command;
    }

    private static int Run(bool json, int records, string? keep, CancellationToken cancellationToken)
    {
        var folder = keep ?? Directory.CreateTempSubdirectory("culvert-bench-search-").FullName;
        try
        {
            var report = new BenchReport("search", json, Console.Out);
            var corpus = SearchBenchStore.Prepare(folder, records, report, cancellationToken);
            foreach (var question in SearchBenchQuestion.All(corpus))
                Measure(report, corpus, question, cancellationToken);
            return report.ExitCode;
        }
        finally
        {
            if (keep is null) Directory.Delete(folder, recursive: true);
        }
    }

    private static void Measure(
        BenchReport report, SearchBenchStore corpus, SearchBenchQuestion question, CancellationToken cancellationToken)
    {
        using (var store = LogStore.Open(corpus.StoreFolder, null, NullLogger.Instance))
        {
            // The first runs are compiled late; they are not what a collector that runs for days gives.
            for (var i = 0; i < 10; i++) Check(report, question, store, cancellationToken);
            var warm = Times(WarmRuns, () => Check(report, question, store, cancellationToken));
            var scan = Times(3, () => question.Scan(corpus.TextFile));
            report.Add(
                question.Name + " warm", corpus.Size, [("p50_ms", P50(warm)), ("max_ms", warm[^1])],
                "plain scan of the text, cached", P50(warm) / P50(scan));
        }

        // Cold: a new LogStore, and the pages of its files dropped from the page cache; the process is the same.
        var cold = Times(ColdRuns, () =>
        {
            using var store = LogStore.Open(corpus.StoreFolder, null, NullLogger.Instance);
            Check(report, question, store, cancellationToken);
        }, () => PageCache.Drop(corpus.StoreFolder));
        report.Add(question.Name + " cold", corpus.Size, [("p50_ms", P50(cold)), ("max_ms", cold[^1])]);
    }

    private static void Check(
        BenchReport report, SearchBenchQuestion question, LogStore store, CancellationToken cancellationToken)
    {
        var (found, expected) = (question.Ask(store, cancellationToken), question.Expected);
        if (found != expected) report.Wrong($"{question.Name} gave {found} instead of {expected}.");
    }

    private static double[] Times(int runs, Action action, Action? before = null)
    {
        var times = new double[runs];
        for (var i = 0; i < runs; i++)
        {
            before?.Invoke();
            var started = Stopwatch.GetTimestamp();
            action();
            times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        Array.Sort(times);
        return times;
    }

    private static double P50(double[] sorted) => sorted[sorted.Length / 2];
}
