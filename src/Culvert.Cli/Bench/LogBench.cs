using System.CommandLine;
using System.Diagnostics;
using Culvert.Cli.Terminal;
using Culvert.Logging;
using Culvert.Shipping;
using Microsoft.Extensions.Logging;

namespace Culvert.Cli.Bench;

/// <summary><c>culvert bench log</c>: what one call of ILogger costs the program, and how fast a program's records
/// leave it.</summary>
internal static partial class LogBench
{
    private const int Calls = 200_000;
    private const int Rounds = 7;

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "One JSON object a line." };
        var command = new Command("log",
            "Measure a structured log call with two arguments through AddCulvert.") { json };
        command.SetAction((result, _) => RunAsync(result.GetValue(json)));
        return command.WithExamples("culvert bench log");
    }

    private static async Task<int> RunAsync(bool json)
    {
        var report = new BenchReport("log", json, Console.Out);
        using var discarding = new LoggerFactory([new DiscardingProvider()]);
        var baseline = await MeasureAsync(discarding, 1, static () => Task.CompletedTask);
        report.Add("discarding provider", "1 thread", Figures(baseline));

        await using var collector = await AcknowledgingCollector.StartAsync();
        foreach (var threads in (int[])[1, 2, 4])
        {
            var options = new CulvertLoggerOptions { Endpoint = collector.Endpoint, BufferBytes = 512 * 1024 * 1024 };
            await using var provider = new CulvertLoggerProvider(options);
            using var loggers = new LoggerFactory([provider]);
            var before = collector.RecordCount;
            var measured = await MeasureAsync(loggers, threads, () => provider.FlushAsync(TimeSpan.FromSeconds(30)));
            report.Add("AddCulvert", threads == 1 ? "1 thread" : $"{threads} threads", Figures(measured));
            Check(report, provider, collector.RecordCount - before, (long)Calls * (Rounds + 1));
        }

        await MeasureShippingAsync(report, collector);
        return report.ExitCode;
    }

    private static async Task MeasureShippingAsync(BenchReport report, AcknowledgingCollector collector)
    {
        const int Count = 1_000_000;
        await using var provider = new CulvertLoggerProvider(new CulvertLoggerOptions
        {
            Endpoint = collector.Endpoint, FullMode = FullMode.Wait, WaitTimeout = Timeout.InfiniteTimeSpan,
        });
        using var loggers = new LoggerFactory([provider]);
        var logger = loggers.CreateLogger("Culvert.Bench");
        var before = collector.RecordCount;
        var startedAt = Stopwatch.GetTimestamp();
        for (var i = 0; i < Count; i++) Taken(logger, i, "a colour");
        await provider.FlushAsync(TimeSpan.FromSeconds(30));
        var seconds = Stopwatch.GetElapsedTime(startedAt).TotalSeconds;
        report.Add("log, ship, acknowledge", "1 thread", [("records_per_s", Count / seconds)]);
        Check(report, provider, collector.RecordCount - before, Count);
    }

    private static void Check(BenchReport report, CulvertLoggerProvider provider, long arrived, long expected)
    {
        if (provider.Statistics.Dropped > 0) report.Wrong($"{provider.Statistics.Dropped} records were dropped");
        if (arrived != expected) report.Wrong($"{arrived} records arrived of {expected}");
    }

    private static (string, double)[] Figures(Measured measured) =>
        [("ns_per_call", measured.NsPerCall), ("allocated_b_per_call", measured.BytesPerCall),
            ("calls_per_s", measured.CallsPerSecond)];

    /// <summary>The median of several rounds; between them all is shipped, so that each begins with an empty
    /// buffer.</summary>
    private static async Task<Measured> MeasureAsync(ILoggerFactory loggers, int threads, Func<Task> settle)
    {
        var logger = loggers.CreateLogger("Culvert.Bench");
        await RoundAsync(logger, threads);
        await settle();
        var rounds = new List<Measured>();
        for (var round = 0; round < Rounds; round++)
        {
            rounds.Add(await RoundAsync(logger, threads));
            await settle();
        }

        rounds.Sort((a, b) => a.NsPerCall.CompareTo(b.NsPerCall));
        return rounds[rounds.Count / 2];
    }

    private static async Task<Measured> RoundAsync(ILogger logger, int threads)
    {
        var allocated = 0L;
        var busy = 0L;
        var startedAt = Stopwatch.GetTimestamp();
        var writers = Enumerable.Range(0, threads).Select(_ => Task.Factory.StartNew(
            () =>
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                var began = Stopwatch.GetTimestamp();
                for (var i = 0; i < Calls / threads; i++) Taken(logger, i, "a colour");
                Interlocked.Add(ref busy, Stopwatch.GetTimestamp() - began);
                Interlocked.Add(ref allocated, GC.GetAllocatedBytesForCurrentThread() - before);
            },
            TaskCreationOptions.LongRunning)).ToArray();
        await Task.WhenAll(writers);
        var elapsed = Stopwatch.GetElapsedTime(startedAt);
        return new Measured(
            busy * 1e9 / Stopwatch.Frequency / Calls, allocated / (double)Calls, Calls / elapsed.TotalSeconds);
    }

    [LoggerMessage(1, LogLevel.Information, "Took {Count} of {Colour} from the shelf")]
    private static partial void Taken(ILogger logger, int count, string colour);

    private readonly record struct Measured(double NsPerCall, double BytesPerCall, double CallsPerSecond);

    /// <summary>Formats the message, as every provider must, and forgets it.</summary>
    private sealed class DiscardingProvider : ILoggerProvider, ILogger
    {
        private int _length;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            _length += formatter(state, exception).Length;

        public void Dispose()
        {
        }
    }
}
