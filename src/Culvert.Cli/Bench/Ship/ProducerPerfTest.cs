using System.Globalization;
using Culvert.Cli.Processes;

namespace Culvert.Cli.Bench.Ship;

/// <summary>Kafka's own kafka-producer-perf-test: sends lines of the same records as fast as it can, without keys and
/// headers. Its rate is the one it reports, which leaves its start out.</summary>
internal static class ProducerPerfTest
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    public static async Task<ShipFigures> RunAsync(
        string home, ShipRecords records, string brokers, string topic, BatchSettings batch,
        CancellationToken cancellationToken)
    {
        await using var process = ChildProcess.Start(
            Path.Combine(home, "bin", "kafka-producer-perf-test.sh"),
            [
                "--topic", topic, "--num-records", records.Count.ToString(CultureInfo.InvariantCulture),
                "--throughput", "-1", "--payload-file", records.Payload, "--producer-props",
                $"bootstrap.servers={brokers}", "acks=all", "enable.idempotence=true",
                $"linger.ms={batch.LingerMs}", $"batch.size={batch.Bytes}", $"compression.type={batch.Compression}",
                "buffer.memory=67108864", "delivery.timeout.ms=300000",
            ],
            new Dictionary<string, string>
            {
                ["LOG_DIR"] = records.FileOf("perf-logs"), ["KAFKA_HEAP_OPTS"] = "-Xmx512M",
            });
        var (cpu, memory) = (0.0, 0.0);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Timeout);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!process.HasExited)
        {
            try
            {
                (cpu, memory) = (process.CpuSeconds(), process.PeakMemoryMegabytes());
            }
            catch (Exception exception) when (exception is InvalidOperationException or IOException)
            {
                // It ended just now; the last look was less than a tick ago.
            }

            await timer.WaitForNextTickAsync(deadline.Token);
        }

        await process.WaitForExitAsync(deadline.Token);
        var summary = process.LastLines.Split('\n').LastOrDefault(
            line => line.Contains("99.9th", StringComparison.Ordinal));
        if (process.ExitCode != 0 || summary is null)
            throw new InvalidOperationException($"kafka-producer-perf-test failed. {process.LastLines}");
        var words = summary.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        var sent = double.Parse(words[0], CultureInfo.InvariantCulture);
        var perSecond = double.Parse(
            words[Array.IndexOf(words, "records/sec") - 1], CultureInfo.InvariantCulture);
        return new ShipFigures(
            new ShipRate(sent, sent / perSecond, cpu), Steady: null, memory, (long)sent);
    }
}
