using System.Diagnostics;
using System.Text.Json;
using Culvert.Cli.Processes;
using Culvert.Cli.Reading;

namespace Culvert.Cli.Bench.Ship;

/// <summary>Culvert's own two ways, each in a process as users start it, timed from its ready line on.</summary>
internal static class CulvertShipping
{
    /// <summary>The output's name in the configuration.</summary>
    public const string Output = "ship";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(60);

    /// <summary>From a spool that is full to the topic. Done when the broker acknowledged every record.</summary>
    public static async Task<ShipFigures> ToKafkaAsync(
        ShipRecords records, string brokers, string topic, BatchSettings batch, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(records.FileOf("culvert.json"), $$"""
            { "outputs": { "{{Output}}": { "type": "kafka", "brokers": "{{brokers}}", "topic": "{{topic}}",
              "compression": "{{batch.Compression}}", "librdkafka": {
                "linger.ms": "{{batch.LingerMs}}", "batch.size": "{{batch.Bytes}}" } } } }
            """, cancellationToken);
        await using var process = ChildProcess.StartSelf(
            "up", "--data", records.Data, "--config", records.FileOf("culvert.json"),
            "--listen", $"unix://{records.FileOf("c.sock")}", "--http", "127.0.0.1:0");
        return await MeasureAsync(
            process, records.Count,
            stats => stats.GetProperty("outputs").EnumerateArray()
                .Single(output => output.GetProperty("name").GetString() == Output),
            cancellationToken);
    }

    /// <summary>From the topic to the indices of the prefix. Done when the server answered for every record. Requests
    /// are not compressed, as omelasticsearch's are not: they do not leave the machine.</summary>
    public static async Task<ShipFigures> ToSearchAsync(
        ShipRecords records, string brokers, string topic, Uri server, string prefix,
        CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(records.FileOf("consume.json"), $$"""
            { "consume": { "brokers": "{{brokers}}", "topics": "{{topic}}", "group": "{{prefix}}",
                "output": "{{Output}}", "librdkafka": { "auto.offset.reset": "earliest" } },
              "outputs": { "{{Output}}": { "type": "elasticsearch", "urls": ["{{server}}"], "index": "{{prefix}}",
                "compression": "none" } } }
            """, cancellationToken);
        await using var process = ChildProcess.StartSelf(
            "consume", "--config", records.FileOf("consume.json"), "--data", records.FileOf("member"),
            "--http", "127.0.0.1:0");
        return await MeasureAsync(
            process, records.Count, stats => stats.GetProperty("consumer").GetProperty("output"), cancellationToken);
    }

    private static async Task<ShipFigures> MeasureAsync(
        ChildProcess process, long records, Func<JsonElement, JsonElement> output, CancellationToken cancellationToken)
    {
        var ready = await process.WaitForLineAsync("ready ", StartTimeout);
        var page = ready.Split(' ').Last(word => word.StartsWith("http://", StringComparison.Ordinal));
        await using var reader = new HttpReader(new Uri(page), token: null);
        var (before, _, _) = await StoredAsync();
        var meter = new ShipMeter(process, records, process.CpuSeconds());
        var (stored, rejected, problem) = (before, 0L, "");
        var moved = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (stored < records && !process.HasExited)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
            var last = stored;
            (stored, rejected, problem) = await StoredAsync();
            if (stored > last) moved = Stopwatch.GetTimestamp();
            meter.Saw(stored);
            if (Stopwatch.GetElapsedTime(moved) < IdleMax) continue;
            throw new TimeoutException(
                $"Only {stored} of {records} records were shipped, and no more for a minute. {problem}");
        }

        var figures = meter.Figures(stored - before, stored, stored - rejected);
        await process.StopAsync(StartTimeout);
        return figures;

        async Task<(long Stored, long Rejected, string Problem)> StoredAsync()
        {
            using var document = JsonDocument.Parse(await reader.StatsAsync(cancellationToken));
            var state = output(document.RootElement);
            return (state.GetProperty("stored").GetInt64(), state.GetProperty("rejected").GetInt64(),
                state.GetProperty("problem").GetString() ?? "");
        }
    }
}
