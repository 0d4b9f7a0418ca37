using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Culvert.Cli.Bench.Corpus;
using Culvert.Journals;
using Culvert.Logging;
using Culvert.Shipping;
using Microsoft.Extensions.Logging;

namespace Culvert.Cli.Bench.Collect;

/// <summary>
/// <c>culvert bench produce</c>, hidden: a program that logs as fast as it can through ILogger and AddCulvert's
/// provider. Each line carries the producer's name and a number, so that a reader can say which one is missing.
/// </summary>
internal static class CollectProducer
{
    private const int PreparedLines = 20_000;
    private const int LineBytes = 200;

    public static Command Create()
    {
        var to = new Option<string>("--to") { Required = true };
        var service = new Option<string>("--service") { Required = true };
        var records = new Option<long>("--records") { DefaultValueFactory = _ => long.MaxValue };
        var seconds = new Option<double>("--seconds") { DefaultValueFactory = _ => double.MaxValue };
        var data = new Option<string?>("--data")
        {
            Description = "Write into a journal, for the collector of this data folder",
        };
        var command = new Command("produce", "Log as fast as possible; used by the benchmarks.")
        {
            to, service, records, seconds, data,
        };
        command.Hidden = true;
        command.SetAction((result, _) => RunAsync(
            result.GetValue(to)!, result.GetValue(service)!, result.GetValue(records), result.GetValue(seconds),
            result.GetValue(data)));
        return command;
    }

    private static async Task<int> RunAsync(
        string endpoint, string service, long records, double seconds, string? dataFolder)
    {
        var lines = PrepareLines(service);
        var provider = new CulvertLoggerProvider(new CulvertLoggerOptions
        {
            Endpoint = endpoint,
            Service = service,
            Journal = dataFolder is null ? JournalMode.Never : JournalMode.Always,
            JournalFolder = dataFolder is null
                ? null
                : JournalFolder.InMemory(dataFolder) ?? JournalFolder.OnDisk(dataFolder),
            FullMode = FullMode.Wait,
            WaitTimeout = TimeSpan.FromMinutes(5),
            ShutdownTimeout = TimeSpan.FromMinutes(5),
        });
        Console.WriteLine("ready");
        Console.ReadLine();

        var started = Stopwatch.GetTimestamp();
        var produced = Log(provider.CreateLogger("Bench.Producer"), service, lines, records, seconds);
        await provider.FlushAsync(TimeSpan.FromMinutes(5));
        await provider.DisposeAsync();
        var elapsed = Stopwatch.GetElapsedTime(started);
        var statistics = provider.Statistics;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"produced {produced} acknowledged {statistics.Acknowledged} seconds {elapsed.TotalSeconds:0.000}"));
        return statistics.Acknowledged == (ulong)produced ? ExitCode.Done : ExitCode.Failed;
    }

    private static long Log(ILogger logger, string service, string[] lines, long records, double seconds)
    {
        const int LinesBetweenLooksAtTheClock = 1024;
        var started = Stopwatch.GetTimestamp();
        for (var number = 0L; number < records; number++)
        {
            if (number % LinesBetweenLooksAtTheClock == 0 && Stopwatch.GetElapsedTime(started).TotalSeconds >= seconds)
                return number;
            var line = lines[number % lines.Length];
            var text = string.Create(CultureInfo.InvariantCulture, $"{service}-{number} {line}");
            logger.Log(LogLevel.Information, default, text, null, static (state, _) => state);
        }

        return records;
    }

    /// <summary>Lines of the corpus, cut or filled so that a record's text is 200 bytes with its number.</summary>
    public static string[] PrepareLines(string service)
    {
        var corpus = new LogCorpus(service.Sum(letter => letter));
        var lines = new string[PreparedLines];
        var room = LineBytes - service.Length - 9;
        for (var i = 0; i < lines.Length; i++)
        {
            corpus.MoveNext();
            var text = System.Text.Encoding.Latin1.GetString(corpus.Body).Replace('\n', ' ');
            while (text.Length < room)
            {
                corpus.MoveNext();
                text += " " + System.Text.Encoding.Latin1.GetString(corpus.Body).Replace('\n', ' ');
            }

            lines[i] = text[..room];
        }

        return lines;
    }
}
