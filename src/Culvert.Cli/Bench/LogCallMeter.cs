using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Culvert.Cli.Bench;

/// <summary>Measures one structured log call with two arguments through any logger. Compiled into the program with the
/// peers too, so that all are measured by the same code.</summary>
internal static partial class LogCallMeter
{
    /// <summary>Of a round: what a journal or a buffer of the default size takes with nobody reading.</summary>
    private const int Calls = 40_000;

    /// <summary>The compiler is done with the whole path only after some seconds of calls.</summary>
    private const int WarmUps = 60;

    private const int Rounds = 61;
    private const int TimedRounds = 5;

    /// <summary>All calls that a measurement makes.</summary>
    public static long CallsOf(int threads) => (WarmUps + Rounds + TimedRounds) * (long)(Calls + threads);

    /// <summary>The median of several rounds of calls, and from more rounds, in which each call is timed, the slowest
    /// of a thousand. Between rounds what was logged is carried away by <paramref name="settle"/>.</summary>
    public static async Task<LogCallFigures> MeasureAsync(ILogger logger, int threads, Func<Task> settle)
    {
        for (var round = 0; round < WarmUps; round++)
        {
            await RoundAsync(logger, threads, null);
            await settle();
        }

        var rounds = new List<LogCallFigures>();
        for (var round = 0; round < Rounds; round++)
        {
            rounds.Add(await RoundAsync(logger, threads, null));
            await settle();
        }

        rounds.Sort((a, b) => a.MeanNs.CompareTo(b.MeanNs));
        var ticks = new long[Calls * TimedRounds];
        for (var round = 0; round < TimedRounds; round++)
        {
            await RoundAsync(logger, threads, ticks.AsMemory(round * Calls, Calls));
            await settle();
        }

        Array.Sort(ticks);
        var p999 = ticks[(int)(ticks.Length * 0.999)] * 1e9 / Stopwatch.Frequency;
        return rounds[Rounds / 2] with { BestNs = rounds[0].MeanNs, P999Ns = p999 };
    }

    private static async Task<LogCallFigures> RoundAsync(ILogger logger, int threads, Memory<long>? ticks)
    {
        var (allocated, busy) = (0L, 0L);
        var writers = Enumerable.Range(0, threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                // A thread's first call makes the memory that it encodes in.
                Log(logger, 1);
                var count = Calls / threads;
                var before = GC.GetAllocatedBytesForCurrentThread();
                var began = Stopwatch.GetTimestamp();
                if (ticks is null) Log(logger, count);
                else LogTimed(logger, ticks.Value.Span.Slice(thread * count, count));
                Interlocked.Add(ref busy, Stopwatch.GetTimestamp() - began);
                Interlocked.Add(ref allocated, GC.GetAllocatedBytesForCurrentThread() - before);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        await Task.WhenAll(writers);
        var mean = busy * 1e9 / Stopwatch.Frequency / Calls;
        return new LogCallFigures(mean, mean, 0, allocated / (double)Calls);
    }

    private static void Log(ILogger logger, int count)
    {
        for (var i = 0; i < count; i++) Taken(logger, i, "a colour");
    }

    private static void LogTimed(ILogger logger, Span<long> ticks)
    {
        for (var i = 0; i < ticks.Length; i++)
        {
            var began = Stopwatch.GetTimestamp();
            Taken(logger, i, "a colour");
            ticks[i] = Stopwatch.GetTimestamp() - began;
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Took {Count} of {Colour} from the shelf")]
    private static partial void Taken(ILogger logger, int count, string colour);
}
