using System.CommandLine;
using Culvert.Cli.Terminal;
using Culvert.Collector.Elasticsearch;
using Culvert.Collector.Outputs;
using Culvert.Collector.Outputs.Kafka;

namespace Culvert.Cli.Bench.Ship;

/// <summary><c>culvert bench ship</c>: how fast records go from the spool to Kafka and from Kafka to a search server,
/// beside rsyslog and Kafka's own test of producers.</summary>
internal sealed class ShipBench
{
    private static readonly BatchSettings Batch = new("lz4", LingerMs: 5, Bytes: 1_000_000);

    private readonly BenchReport _report;
    private readonly string _run = $"bench-{Guid.NewGuid():N}"[..14];
    private readonly string _brokers;
    private readonly bool _withPeers;

    private ShipBench(BenchReport report, string brokers, bool withPeers) =>
        (_report, _brokers, _withPeers) = (report, brokers, withPeers);

    public static Command Create()
    {
        var records = new Option<long>("--records")
        {
            Description = "Records to ship to Kafka", HelpName = "N", DefaultValueFactory = _ => 1_000_000,
        };
        var documents = new Option<long>("--documents")
        {
            Description = "Records to ship on to the search server; 0 for none", HelpName = "N",
            DefaultValueFactory = _ => 200_000,
        };
        var brokers = new Option<string?>("--brokers")
        {
            Description = "Kafka brokers that run already, instead of one of the distribution at KAFKA_HOME",
            HelpName = "HOST:PORT",
        };
        var server = new Option<string?>("--elasticsearch")
        {
            Description = "A search server that runs already, instead of one of the distribution at OPENSEARCH_HOME",
            HelpName = "URL",
        };
        var json = new Option<bool>("--json") { Description = "Print one JSON object a line" };
        var alone = new Option<bool>("--alone") { Description = "Leave out rsyslog and Kafka's own test" };
        var command = new Command(
            "ship", "Records a second, processor time and memory from spool to Kafka and from Kafka to a search "
            + "server, beside rsyslog and Kafka's own test of producers.")
        {
            records, documents, brokers, server, json, alone,
        };
        command.SetAction((result, cancellation) => RunAsync(
            result.GetValue(records), result.GetValue(documents), result.GetValue(brokers), result.GetValue(server),
            new BenchReport("ship", result.GetValue(json), Console.Out), !result.GetValue(alone), cancellation));
        return command.WithExamples(
            "KAFKA_HOME=/opt/kafka OPENSEARCH_HOME=/opt/opensearch culvert bench ship",
            "culvert bench ship --brokers kafka1:9092 --records 5000000 --documents 0 --json");
    }

    private static async Task<int> RunAsync(
        long records, long documents, string? brokers, string? server, BenchReport report, bool withPeers,
        CancellationToken cancellation)
    {
        if (!KafkaLibrary.IsAvailable) return Stop(KafkaLibrary.Missing);
        var home = KafkaNode.FindHome();
        if (brokers is null && home is null)
            return Stop("There is no Kafka to ship to: name brokers with --brokers, or a distribution in KAFKA_HOME.");
        try
        {
            await using var broker = brokers is null
                ? await KafkaNode.StartAsync(home!, ["num.partitions=4"], cancellation) : null;
            var bench = new ShipBench(report, brokers ?? broker!.Address, withPeers);
            await bench.MeasureKafkaAsync(records, home, cancellation);
            if (documents > 0) await bench.MeasureSearchAsync(documents, server, cancellation);
            return report.ExitCode;
        }
        catch (Exception exception) when (exception
            is OutputException or ElasticsearchException or InvalidOperationException or TimeoutException)
        {
            return Stop(exception.Message);
        }
    }

    private static int Stop(string sentence)
    {
        Console.Error.WriteLine($"culvert: {sentence}");
        return ExitCode.Failed;
    }

    private async Task MeasureKafkaAsync(long count, string? home, CancellationToken cancellation)
    {
        using var records = await MakeAsync(count, cancellation);
        ShipFigures? perf = null, rsyslog = null;
        if (_withPeers && home is not null)
        {
            Say("kafka-producer-perf-test");
            var topic = $"{_run}-perf";
            perf = await ProducerPerfTest.RunAsync(home, records, _brokers, topic, Batch, cancellation);
            Add("perf-test, to Kafka", count, perf, PerSecondFirst(perf, count), CountOf(topic));
        }

        if (CanCompare("omkafka"))
        {
            Say("rsyslog, to Kafka");
            rsyslog = await RsyslogShipping.ToKafkaAsync(records, _brokers, $"{_run}-rsyslog", Batch, cancellation);
            Add("omkafka, to Kafka", count, rsyslog, PerSecondFirst(rsyslog, count), rsyslog.Arrived);
        }

        Say("culvert, to Kafka");
        var ours = await CulvertShipping.ToKafkaAsync(records, _brokers, $"{_run}-culvert", Batch, cancellation);
        var figures = PerSecondFirst(ours, count);
        var identities = Identities($"{_run}-culvert", cancellation);
        if (identities != count) _report.Wrong($"{count} records were shipped, {identities} identities are in Kafka");
        Add("culvert, to Kafka", count, ours, figures, CountOf($"{_run}-culvert"),
            rsyslog is null ? null : "omkafka", ours.Whole.PerSecond / rsyslog?.Whole.PerSecond);
        if (perf is not null)
            _report.Add(
                "culvert, to Kafka", SizeOf(count), figures, "perf-test",
                ours.Whole.PerSecond / perf.Whole.PerSecond);
        if (ours.Steady is { } steady && rsyslog?.Steady is { } theirs)
            _report.Add(
                "culvert, steady", SizeOf(count), [("steady_per_s", steady.PerSecond)], "omkafka, steady",
                steady.PerSecond / theirs.PerSecond);
    }

    private async Task MeasureSearchAsync(long count, string? server, CancellationToken cancellation)
    {
        var home = SearchNode.FindHome();
        if (server is null && home is null)
        {
            Console.Error.WriteLine(
                "There is no search server to ship to, so there is no row for it: name one with --elasticsearch, or a "
                + "distribution in OPENSEARCH_HOME.");
            return;
        }

        await using var node = server is null ? await SearchNode.StartAsync(home!, cancellation) : null;
        var address = server is null ? node!.Address : ElasticsearchAccess.ParseAddress(server);
        using var records = await MakeAsync(count, cancellation);
        ShipFigures? rsyslog = null;
        if (CanCompare("omkafka", "imkafka", "mmjsonparse", "omelasticsearch"))
        {
            Say("rsyslog, from Kafka to the search server");
            await RsyslogShipping.ToKafkaAsync(records, _brokers, $"{_run}-lines", Batch, cancellation);
            rsyslog = await RsyslogShipping.ToSearchAsync(
                records, _brokers, $"{_run}-lines", address, $"{_run}-rsyslog", cancellation);
            Add("omelasticsearch, to search", count, rsyslog, PerCpuFirst(rsyslog, count), rsyslog.Arrived);
        }

        Say("culvert, from Kafka to the search server");
        await CulvertShipping.ToKafkaAsync(records, _brokers, $"{_run}-records", Batch, cancellation);
        var ours = await CulvertShipping.ToSearchAsync(
            records, _brokers, $"{_run}-records", address, $"{_run}-culvert", cancellation);
        using var index = new ShipIndex(address, $"{_run}-culvert");
        Add("culvert, to search", count, ours, PerCpuFirst(ours, count), await index.CountAsync(cancellation),
            rsyslog is null ? null : "omelasticsearch", ours.Whole.PerCpuSecond / rsyslog?.Whole.PerCpuSecond);
        if (ours.Steady is { } steady && rsyslog?.Steady is { } theirs)
            _report.Add(
                "culvert, steady", SizeOf(count), [("steady_per_cpu_s", steady.PerCpuSecond)],
                "omelasticsearch, steady", steady.PerCpuSecond / theirs.PerCpuSecond);
    }

    private static async Task<ShipRecords> MakeAsync(long count, CancellationToken cancellation)
    {
        Say($"making {count} records");
        var records = new ShipRecords(count);
        try
        {
            await records.MakeAsync(CulvertShipping.Output, cancellation);
            return records;
        }
        catch
        {
            records.Dispose();
            throw;
        }
    }

    private bool CanCompare(params string[] modules)
    {
        if (!_withPeers) return false;
        if (RsyslogShipping.Missing(modules) is not { } missing) return true;
        Console.Error.WriteLine(missing);
        return false;
    }

    private void Add(
        string subject, long count, ShipFigures figures, IReadOnlyList<(string Name, double Value)> columns,
        long arrived, string? baseline = null, double? ratio = null)
    {
        if (arrived != count) _report.Wrong($"{subject}: {count} records were shipped, {arrived} are there");
        if (figures.Arrived != count) _report.Wrong($"{subject}: {count - figures.Arrived} records were refused");
        _report.Add(subject, SizeOf(count), columns, baseline, ratio);
    }

    private long CountOf(string topic)
    {
        using var reader = new ShipTopic(_brokers, topic);
        return reader.Count();
    }

    private int Identities(string topic, CancellationToken cancellation)
    {
        using var reader = new ShipTopic(_brokers, topic);
        return reader.CountIdentities(cancellation);
    }

    private static (string Name, double Value)[] PerSecondFirst(ShipFigures figures, long count) =>
    [
        ("records_per_s", figures.Whole.PerSecond), ("records_per_cpu_s", figures.Whole.PerCpuSecond),
        .. Others(figures, count),
    ];

    private static (string Name, double Value)[] PerCpuFirst(ShipFigures figures, long count) =>
    [
        ("records_per_cpu_s", figures.Whole.PerCpuSecond), ("records_per_s", figures.Whole.PerSecond),
        .. Others(figures, count),
    ];

    private static IEnumerable<(string Name, double Value)> Others(ShipFigures figures, long count) =>
    [
        ("cpu_s", figures.Whole.CpuSeconds), ("rss_mb", figures.PeakMemoryMegabytes),
        ("lost", count - figures.Arrived),
        // What Kafka's own test reports leaves its start out already.
        ("steady_per_s", figures.Steady?.PerSecond ?? figures.Whole.PerSecond),
        ("steady_per_cpu_s", figures.Steady?.PerCpuSecond ?? figures.Whole.PerCpuSecond),
    ];

    private static string SizeOf(long count) => count >= 1_000_000 ? $"{count / 1e6:0.#} M" : $"{count / 1e3:0.#} k";

    private static void Say(string what) => Console.Error.WriteLine($"... {what}");
}
