using System.CommandLine;
using System.Diagnostics;
using Culvert.Cli.Terminal;

namespace Culvert.Cli.Bench.Collect;

/// <summary><c>culvert bench collect</c>: how many records a second the collector takes, keeps durably and makes
/// searchable.</summary>
internal static class CollectBench
{
    public static Command Create()
    {
        var seconds = new Option<double>("--seconds")
        {
            Description = "How long the producers log", HelpName = "N", DefaultValueFactory = _ => 60,
        };
        var producers = new Option<int[]>("--producers")
        {
            Description = "Numbers of producing processes", HelpName = "N", DefaultValueFactory = _ => [1, 4],
            AllowMultipleArgumentsPerToken = true,
        };
        var input = new Option<string>("--input")
        {
            Description = "How the records come to the collector: connection or journal",
            DefaultValueFactory = _ => "connection", HelpName = "WAY",
        };
        input.AcceptOnlyFromAmong("connection", "journal");
        var json = new Option<bool>("--json") { Description = "Print one JSON object a line" };
        var alone = new Option<bool>("--alone") { Description = "Leave out rsyslog" };
        var command = new Command(
            "collect", "Records a second through ILogger, spool and store, durable and searchable, beside rsyslog "
            + "where it is installed.")
        {
            seconds, producers, input, json, alone,
        };
        command.SetAction((result, cancellation) => RunAsync(
            TimeSpan.FromSeconds(result.GetValue(seconds)), result.GetValue(producers) ?? [1, 4],
            result.GetValue(input) == "journal", new BenchReport("collect", result.GetValue(json), Console.Out),
            !result.GetValue(alone), cancellation));
        return command.WithExamples(
            "culvert bench collect", "culvert bench collect --input journal",
            "culvert bench collect --seconds 20 --producers 4 --json");
    }

    private static async Task<int> RunAsync(
        TimeSpan duration, int[] producers, bool byJournal, BenchReport report, bool withPeers,
        CancellationToken cancellation)
    {
        foreach (var count in producers)
        {
            var baseline =
                withPeers ? await MeasureRsyslogAsync(report, count, duration, sync: false, cancellation) : null;
            if (withPeers) await MeasureRsyslogAsync(report, count, duration, sync: true, cancellation);
            await MeasureCollectorAsync(report, count, duration, byJournal, baseline, cancellation);
        }

        return report.ExitCode;
    }

    private static async Task MeasureCollectorAsync(
        BenchReport report, int producers, TimeSpan duration, bool byJournal, double? baseline,
        CancellationToken cancellation)
    {
        await using var collector = await CollectorUnderTest.StartAsync();
        var run = await collector.ProduceAsync(producers, duration, byJournal, cancellation);
        if (run.Found != run.Produced) report.Wrong($"{run.Produced} records were logged, a query finds {run.Found}");
        if (!run.Balanced) report.Wrong("the ledger does not add up");
        var perSecond = run.Produced / run.Elapsed.TotalSeconds;
        report.Add(
            $"culvert{(byJournal ? " journal" : "")}, {producers} producers", "200 B",
            [
                ("records_per_s", perSecond), ("records", run.Produced), ("cpu_s", run.CpuSeconds),
                ("records_per_cpu_s", run.Produced / run.CpuSeconds), ("rss_mb", run.PeakMemoryMegabytes),
                ("lost", run.Produced - run.Found),
            ],
            baseline is null ? null : "rsyslog, no sync, no index", baseline is null ? null : perSecond / baseline);
    }

    private static async Task<double?> MeasureRsyslogAsync(
        BenchReport report, int producers, TimeSpan duration, bool sync, CancellationToken cancellation)
    {
        if (RsyslogUnderTest.FindProgram() is not { } program)
        {
            Console.Error.WriteLine(
                "rsyslog is not installed, so there is no row for it (Debian: apt-get install rsyslog).");
            return null;
        }

        await using var rsyslog = await RsyslogUnderTest.StartAsync(program, sync, cancellation);
        var lines = CollectProducer.PrepareLines("rsyslog").Select(System.Text.Encoding.Latin1.GetBytes).ToArray();
        var started = Stopwatch.GetTimestamp();
        var sending = Enumerable.Range(0, producers).Select(_ => Task.Factory.StartNew(
            () => RsyslogUnderTest.Send(rsyslog.SocketPath, Endless(lines), duration),
            cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        var sent = (await Task.WhenAll(sending)).Sum();
        var kept = await rsyslog.WaitForLinesAsync(sent, cancellation);
        var perSecond = kept / Stopwatch.GetElapsedTime(started).TotalSeconds;
        report.Add(
            $"rsyslog, {producers} producers, {(sync ? "sync" : "no sync")}", "200 B",
            [
                ("records_per_s", perSecond), ("records", kept), ("cpu_s", rsyslog.CpuSeconds()),
                ("records_per_cpu_s", kept / rsyslog.CpuSeconds()), ("rss_mb", rsyslog.PeakMemoryMegabytes()),
                ("lost", sent - kept),
            ]);
        return perSecond;
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Endless(byte[][] lines)
    {
        for (var i = 0; ; i = (i + 1) % lines.Length) yield return lines[i];
    }
}
