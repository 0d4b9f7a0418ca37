using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Culvert.Cli.Terminal;
using Culvert.Journals;
using Culvert.Logging;
using Culvert.Shipping;
using Microsoft.Extensions.Logging;

namespace Culvert.Cli.Bench;

/// <summary><c>culvert bench log</c>: what one call of ILogger costs the program, beside other providers, and how fast
/// a program's records leave it.</summary>
internal static partial class LogBench
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "One JSON object a line." };
        var alone = new Option<bool>("--alone")
        {
            Description = "Leave out OpenTelemetry, Serilog and NLog, which are built from the repository.",
        };
        var command = new Command("log",
            "Measure a structured log call with two arguments through AddCulvert, and through others.") { json, alone };
        command.SetAction((result, cancellation) =>
            RunAsync(new BenchReport("log", result.GetValue(json), Console.Out), result.GetValue(alone), cancellation));
        return command.WithExamples("culvert bench log", "culvert bench log --alone --json");
    }

    private static async Task<int> RunAsync(BenchReport report, bool alone, CancellationToken cancellation)
    {
        using var discarding = new LoggerFactory([new DiscardingProvider()]);
        var baseline = await LogCallMeter.MeasureAsync(
            discarding.CreateLogger("Culvert.Bench"), 1, static () => Task.CompletedTask);
        report.Add("null provider", "1 thread", baseline.Columns);
        foreach (var threads in (int[])[1, 2, 4])
        {
            if (JournalFolder.Unsupported is null) await MeasureJournalAsync(report, threads);
            await MeasureConnectionAsync(report, threads);
        }

        if (!alone) await LogPeers.RunAsync(report, cancellation);
        await MeasureShippingAsync(report);
        return report.ExitCode;
    }

    private static async Task MeasureJournalAsync(BenchReport report, int threads)
    {
        // Where an application's journal lies.
        var data = Directory.CreateTempSubdirectory("culvert-bench-").FullName;
        var folder = JournalFolder.InMemory(data) ?? JournalFolder.OnDisk(data);
        try
        {
            await using var provider = new CulvertLoggerProvider(
                new CulvertLoggerOptions { Journal = JournalMode.Always, JournalFolder = folder });
            using var loggers = new LoggerFactory([provider]);
            using var reader = JournalReader.TryOpen(JournalFolder.Journals(folder).Single())
                ?? throw new InvalidOperationException("The journal cannot be read.");
            var read = 0L;
            var measured = await LogCallMeter.MeasureAsync(loggers.CreateLogger("Culvert.Bench"), threads, () =>
            {
                read += Drain(reader);
                return Task.CompletedTask;
            });
            report.Add("AddCulvert, journal", Threads(threads), measured.Columns);
            Check(report, provider, read, threads);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            if (Directory.Exists(data)) Directory.Delete(data, recursive: true);
        }
    }

    private static long Drain(JournalReader reader)
    {
        var records = 0L;
        while (reader.Read() is { IsEmpty: false } batch)
        {
            reader.Release(batch.EndPosition, batch.LastSequence, batch.Records);
            records += batch.Records;
        }

        return records;
    }

    private static async Task MeasureConnectionAsync(BenchReport report, int threads)
    {
        await using var collector = await AcknowledgingCollector.StartAsync();
        await using var provider = new CulvertLoggerProvider(
            new CulvertLoggerOptions { Endpoint = collector.Endpoint, Journal = JournalMode.Never });
        using var loggers = new LoggerFactory([provider]);
        var measured = await LogCallMeter.MeasureAsync(
            loggers.CreateLogger("Culvert.Bench"), threads, () => provider.FlushAsync(TimeSpan.FromSeconds(30)));
        report.Add("AddCulvert, connection", Threads(threads), measured.Columns);
        Check(report, provider, collector.RecordCount, threads);
    }

    private static async Task MeasureShippingAsync(BenchReport report)
    {
        const int Count = 1_000_000;
        await using var collector = await AcknowledgingCollector.StartAsync();
        await using var provider = new CulvertLoggerProvider(new CulvertLoggerOptions
        {
            Endpoint = collector.Endpoint, FullMode = FullMode.Wait, WaitTimeout = Timeout.InfiniteTimeSpan,
        });
        using var loggers = new LoggerFactory([provider]);
        var logger = loggers.CreateLogger("Culvert.Bench");
        var startedAt = Stopwatch.GetTimestamp();
        for (var i = 0; i < Count; i++) Sent(logger, i, "a colour");
        await provider.FlushAsync(TimeSpan.FromSeconds(30));
        report.Add(
            "log, ship, acknowledge", "1 thread",
            [("records_per_s", Count / Stopwatch.GetElapsedTime(startedAt).TotalSeconds)]);
        if (collector.RecordCount != Count) report.Wrong($"{collector.RecordCount} records arrived of {Count}");
    }

    private static string Threads(int threads) =>
        threads == 1 ? "1 thread" : string.Create(CultureInfo.InvariantCulture, $"{threads} threads");

    private static void Check(BenchReport report, CulvertLoggerProvider provider, long arrived, int threads)
    {
        var expected = LogCallMeter.CallsOf(threads);
        if (provider.Statistics.Dropped > 0) report.Wrong($"{provider.Statistics.Dropped} records were dropped");
        if (arrived != expected) report.Wrong($"{arrived} records arrived of {expected}");
    }

    [LoggerMessage(1, LogLevel.Information, "Took {Count} of {Colour} from the shelf")]
    private static partial void Sent(ILogger logger, int count, string colour);

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
