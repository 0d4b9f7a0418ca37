using System.Buffers;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Culvert.Cli.Terminal;
using Culvert.Collector.Intake;
using Culvert.Collector.Spool;
using Culvert.Records;

namespace Culvert.Cli.Bench;

/// <summary><c>culvert bench spool</c>: how fast records become durable, and how long one record waits for its
/// fsync.</summary>
internal static class SpoolBench
{
    private const int BodyBytes = 160;
    private const int SingleRecords = 2_000;

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "One JSON object a line." };
        var writers = new Option<int>("--writers") { Description = "Producers at once.", DefaultValueFactory = _ => 4 };
        var seconds = new Option<int>("--seconds")
        {
            Description = "How long to append.", DefaultValueFactory = _ => 10,
        };
        var data = new Option<string?>("--data") { Description = "A folder on the disk to measure." };
        var command =
            new Command("spool", "Measure the collector's durable queue: appends with fsync, and reading back.")
        {
            json, writers, seconds, data,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(json), parsed.GetValue(writers), parsed.GetValue(seconds), parsed.GetValue(data),
            cancellationToken));
        return command.WithExamples("culvert bench spool --writers 4 --seconds 10");
    }

    private static async Task<int> RunAsync(
        bool json, int writers, int seconds, string? data, CancellationToken cancellationToken)
    {
        var report = new BenchReport("spool", json, Console.Out);
        var folder = Path.Combine(data ?? Path.GetTempPath(), $"culvert-bench-spool-{Guid.NewGuid():N}");
        try
        {
            var ledger = new Ledger();
            await using var spool = LogSpool.Open(new SpoolOptions { Folder = folder }, ledger);
            var intake = new SpoolIntake(spool, ledger);
            await AppendAsync(report, spool, intake, writers, seconds, cancellationToken).ConfigureAwait(false);
            Read(report, spool);
            await SingleAsync(report, intake, cancellationToken).ConfigureAwait(false);
            if (!ledger.Snapshot().Balanced) report.Wrong("the ledger does not add up");
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }

        return report.ExitCode;
    }

    private static async Task AppendAsync(
        BenchReport report, LogSpool spool, SpoolIntake intake, int writers, int seconds,
        CancellationToken cancellationToken)
    {
        var (batch, count) = MakeBatch(RecordLimits.BatchBytesTarget);
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        var sums = await Task.WhenAll(Enumerable.Range(1, writers).Select(id => Task.Run(async () =>
        {
            var producer = new ProducerId((uint)id, 1);
            var sequence = 1UL;
            var pending = new Queue<Task<IntakeResult>>();
            while (clock.Elapsed.TotalSeconds < seconds)
            {
                pending.Enqueue(Give(intake, producer, sequence, batch).AsTask());
                sequence += (ulong)count;

                // As the native input does: several batches of one producer are under way at a time.
                if (pending.Count < 4) continue;
                if ((await pending.Dequeue().ConfigureAwait(false)).Status != IntakeStatus.Durable)
                    report.Wrong("a batch was refused");
            }

            foreach (var rest in pending) await rest.ConfigureAwait(false);
            return sequence - 1;
        }, cancellationToken))).ConfigureAwait(false);
        var elapsed = clock.Elapsed.TotalSeconds;
        process.Refresh();
        var total = sums.Aggregate(0UL, (sum, one) => sum + one);
        if (spool.DurablePosition != total)
            report.Wrong($"{total} records were acknowledged, {spool.DurablePosition} are there");
        var bytes = (double)total / count * batch.Length;
        report.Add(
            $"append, {writers} writers", "64 KiB",
            [
                ("records_per_s", total / elapsed), ("mb_per_s", bytes / elapsed / 1e6),
                ("cpu_us_per_record", (process.TotalProcessorTime - cpu).TotalMicroseconds / total),
            ]);
    }

    private static void Read(BenchReport report, LogSpool spool)
    {
        var clock = Stopwatch.StartNew();
        var (records, bytes) = (0L, 0L);
        using var reader = spool.OpenReader(spool.FirstPosition);
        while (reader.TryRead(out var entry))
        {
            records += entry.RecordCount;
            bytes += entry.Records.Length;
        }

        if ((ulong)records != spool.DurablePosition - spool.FirstPosition) report.Wrong($"{records} records were read");
        var seconds = clock.Elapsed.TotalSeconds;
        report.Add("read", "64 KiB", [("records_per_s", records / seconds), ("mb_per_s", bytes / seconds / 1e6)]);
    }

    private static async Task SingleAsync(BenchReport report, SpoolIntake intake, CancellationToken cancellationToken)
    {
        var (batch, _) = MakeBatch(1);
        var producer = new ProducerId(1_000, 1);
        var times = new double[SingleRecords];
        for (var i = 0; i < times.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var start = Stopwatch.GetTimestamp();
            var result = await Give(intake, producer, (ulong)i + 1, batch).ConfigureAwait(false);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            if (result.Status != IntakeStatus.Durable) report.Wrong("a record was refused");
        }

        Array.Sort(times);
        report.Add(
            "one record, to its ack", "200 B",
            [("p50_us", times[times.Length / 2]), ("p99_us", times[times.Length * 99 / 100]), ("max_us", times[^1])]);
    }

    private static ValueTask<IntakeResult> Give(SpoolIntake intake, ProducerId producer, ulong first, byte[] records) =>
        intake.AcceptAsync(new IntakeBatch
        {
            Input = "bench",
            Producer = producer,
            FirstSequence = first,
            ObservedNs = UnixTime.NowNs(TimeProvider.System),
            Origin = default,
            Records = records,
        });

    private static (byte[] Batch, int Count) MakeBatch(int bytes)
    {
        var writer = new RecordBatchWriter();
        writer.AddResource(AttributeWriter.Encode([new("service.name", "bench")]));
        do
        {
            writer.BeginRecord(0, Severity.Info, 1);
            writer.Body(writer.RecordCount.ToString(CultureInfo.InvariantCulture).PadRight(BodyBytes, '.').AsSpan());
            var attributes = writer.BeginAttributes();
            attributes.Add("n".AsSpan(), (long)writer.RecordCount);
            attributes.End();
            writer.EndRecord();
        }
        while (writer.Bytes < bytes && !writer.IsFull);

        var output = new ArrayBufferWriter<byte>();
        writer.WriteTo(output);
        return (output.WrittenSpan.ToArray(), writer.RecordCount);
    }
}
