using Culvert.Cli.Bench.Collect;
using Culvert.Cli.Processes;

namespace Culvert.Cli.Bench.Ship;

/// <summary>
/// rsyslog on the same ways: lines of a file (imfile, which remembers how far it is) through omkafka, and the messages
/// of that topic (imkafka) through omelasticsearch. Its queues are in memory, and its messages are the lines.
/// </summary>
internal static class RsyslogShipping
{
    private static readonly string[] ModuleFolders =
        ["/usr/lib/x86_64-linux-gnu/rsyslog", "/usr/lib/aarch64-linux-gnu/rsyslog", "/usr/lib64/rsyslog",
            "/usr/lib/rsyslog"];

    /// <summary>Why rsyslog cannot be compared with; null when it can.</summary>
    public static string? Missing(params string[] modules)
    {
        if (RsyslogUnderTest.FindProgram() is null)
            return "rsyslog is not installed, so there is no row for it (Debian: apt-get install rsyslog).";
        var absent = modules.FirstOrDefault(
            module => !ModuleFolders.Any(folder => File.Exists(Path.Combine(folder, module + ".so"))));
        return absent is null ? null
            : $"rsyslog has no module {absent}, so there is no row for it (Debian: apt-get install rsyslog-kafka "
                + "rsyslog-elasticsearch).";
    }

    /// <summary>Its librdkafka has a buffer that never fills: a full one would suspend omkafka for a second and
    /// more.</summary>
    public static async Task<ShipFigures> ToKafkaAsync(
        ShipRecords records, string brokers, string topic, BatchSettings batch, CancellationToken cancellationToken)
    {
        using var target = new ShipTopic(brokers, topic);
        return await RunAsync(
            records,
            $$"""
            module(load="imfile")
            module(load="omkafka")
            input(type="imfile" File="{{records.Lines}}" Tag="bench" ruleset="ship")
            template(name="line" type="string" string="%msg%")
            ruleset(name="ship" queue.type="LinkedList" queue.size="500000" queue.dequeueBatchSize="4096") {
              action(type="omkafka" broker=["{{brokers}}"] topic="{{topic}}" template="line"
                resubmitOnFailure="on" keepFailedMessages="on" failedMsgFile="{{records.FileOf("failed.data")}}"
                action.resumeInterval="1" action.resumeRetryCount="-1"
                confParam=["acks=all", "enable.idempotence=true", "compression.codec={{batch.Compression}}",
                  "linger.ms={{batch.LingerMs}}", "batch.size={{batch.Bytes}}",
                  "queue.buffering.max.messages=10000000", "queue.buffering.max.kbytes=2097151"])
            }
            """,
            (isOver, saw) => target.WaitForAsync(records.Count, isOver, saw, cancellationToken), cancellationToken);
    }

    /// <summary>Each line is parsed, and its fields are the document's, under an id of its own that is only created, as
    /// ours are.</summary>
    public static async Task<ShipFigures> ToSearchAsync(
        ShipRecords records, string brokers, string topic, Uri server, string index,
        CancellationToken cancellationToken)
    {
        using var target = new ShipIndex(server, index);
        return await RunAsync(
            records,
            $$"""
            module(load="imkafka")
            module(load="omelasticsearch")
            module(load="mmjsonparse")
            input(type="imkafka" topic="{{topic}}" broker=["{{brokers}}"] consumergroup="{{index}}" ruleset="index"
              confParam=["auto.offset.reset=earliest"])
            template(name="id" type="string" string="%uuid%")
            template(name="document" type="list") { property(name="$!all-json") }
            ruleset(name="index" queue.type="LinkedList" queue.size="200000" queue.dequeueBatchSize="4096"
              queue.workerThreads="2" queue.workerThreadMinimumMessages="8192") {
              action(type="mmjsonparse" cookie="" useRawMsg="on")
              action(type="omelasticsearch" server="{{server.Host}}" serverport="{{server.Port}}"
                searchIndex="{{index}}" searchType="" template="document" bulkmode="on" maxbytes="8m"
                dynbulkid="on" bulkid="id" writeoperation="create"
                errorFile="{{records.FileOf("errors.json")}}" action.resumeInterval="1"
                action.resumeRetryCount="-1")
            }
            """,
            (isOver, saw) => target.WaitForAsync(records.Count, isOver, saw, cancellationToken), cancellationToken);
    }

    private static async Task<ShipFigures> RunAsync(
        ShipRecords records, string configuration, Func<Func<bool>, Action<long>, Task<long>> waitAsync,
        CancellationToken cancellationToken)
    {
        var work = Directory.CreateDirectory(records.FileOf($"rsyslog-{Guid.NewGuid():N}")).FullName;
        var file = Path.Combine(work, "rsyslog.conf");
        await File.WriteAllTextAsync(
            file, $"global(workDirectory=\"{work}\" maxMessageSize=\"64k\")\n{configuration}\n", cancellationToken);
        await using var process = ChildProcess.Start(
            RsyslogUnderTest.FindProgram()!, ["-n", "-i", Path.Combine(work, "pid"), "-f", file]);
        var meter = new ShipMeter(process, records.Count, cpuBefore: 0);
        var arrived = await waitAsync(() => process.HasExited, meter.Saw);
        if (process.HasExited) throw new InvalidOperationException($"rsyslogd ended. {process.LastLines}");
        if (arrived == 0) throw new InvalidOperationException($"rsyslogd shipped nothing. {process.LastLines}");
        var figures = meter.Figures(arrived, arrived, arrived);
        await process.StopAsync(TimeSpan.FromSeconds(5));
        return figures;
    }
}
