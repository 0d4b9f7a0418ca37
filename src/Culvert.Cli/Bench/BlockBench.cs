using System.Buffers;
using System.CommandLine;
using System.Diagnostics;
using Culvert.Cli.Bench.Corpus;
using Culvert.Collector.Records;
using Culvert.Collector.Store;
using Culvert.Records;

namespace Culvert.Cli.Bench;

/// <summary><c>culvert bench blocks</c>: what a block of so many records costs with each codec, on one
/// thread.</summary>
internal static class BlockBench
{
    private const int RecordsMade = 200_000;

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "One JSON object a line." };
        var command = new Command(
            "blocks", "Measure building and reading the store's blocks, by size and codec.\n\n"
            + "Example: culvert bench blocks --json")
        {
            json,
        };
        command.SetAction(parsed => Run(parsed.GetValue(json)));
        return command;
    }

    private static int Run(bool json)
    {
        var report = new BenchReport("blocks", json, Console.Out);
        var batch = MakeBatch();
        foreach (var codec in (BlockCodec[])[BlockCodec.Zstd, BlockCodec.Brotli, BlockCodec.None])
        {
            if (codec == BlockCodec.Zstd && !Zstd.IsAvailable) continue;
            foreach (var records in (int[])[256, 1_024, 4_096]) Measure(report, batch, codec, records);
        }

        return report.ExitCode;
    }

    private static void Measure(BenchReport report, List<byte[]> batches, BlockCodec codec, int records)
    {
        using var builder = new BlockBuilder(codec);
        using var reader = new BlockReader();
        // The first round is compiled late and is not counted.
        Build(builder, batches, records, _ => { });
        var (bytes, filters, reading, read) = (0L, 0L, TimeSpan.Zero, 0L);
        var cpuStarted = Environment.CpuUsage.TotalTime;
        Build(builder, batches, records,
            block => (bytes, filters) = (bytes + block.Columns.Length, filters + block.Filter.Length));
        var cpu = Environment.CpuUsage.TotalTime - cpuStarted;
        Build(builder, batches, records, block =>
        {
            var started = Stopwatch.GetTimestamp();
            reader.Open(block.Columns.Written, block.Summary, Sources);
            reader.Load(ColumnSet.Bodies | ColumnSet.Attributes);
            reading += Stopwatch.GetElapsedTime(started);
            read += reader.Records;
        });
        if (read != RecordsMade) report.Wrong($"{read} of {RecordsMade} records were read.");
        report.Add($"{codec}", $"{records}",
            [("records_per_cpu_s", RecordsMade / cpu.TotalSeconds), ("bytes_per_record", (double)bytes / RecordsMade),
             ("filter_bytes_per_record", (double)filters / RecordsMade),
             ("read_block_us", reading.TotalMicroseconds * records / RecordsMade)]);
    }

    private static Source[] Sources { get; } =
        [Source.From(AttributeWriter.Encode([]), AttributeWriter.Encode([new("service.name", "bench")]))];

    private static void Build(BlockBuilder builder, List<byte[]> batches, int records, Action<EncodedBlock> done)
    {
        var block = new EncodedBlock();
        var position = 0UL;
        foreach (var batch in batches)
        {
            if (!RecordBatchReader.TryOpen(batch, out var reader, out _))
                throw new InvalidOperationException("The batch was made here.");
            while (reader.TryRead(out var record))
            {
                builder.Add(record.ToStored(position++, record.TimeNs, Sources[0]), 1);
                if (builder.Records < records && position < RecordsMade) continue;
                builder.Build(block);
                done(block);
            }
        }
    }

    /// <summary>Records of one service after the other, as the writer groups them.</summary>
    private static List<byte[]> MakeBatch()
    {
        var corpus = new LogCorpus(1);
        var writers = new RecordBatchWriter[LogCorpus.Services.Count];
        var bySource = new List<byte[]>[writers.Length];
        for (var i = 0; i < writers.Length; i++)
        {
            (writers[i], bySource[i]) = (new RecordBatchWriter(), []);
            LogCorpus.AddServices(writers[i]);
        }

        for (var i = 0; i < RecordsMade; i++)
        {
            corpus.MoveNext();
            corpus.WriteTo(writers[corpus.Service]);
            if (writers[corpus.Service].IsFull) bySource[corpus.Service].Add(Finish(writers[corpus.Service]));
        }

        for (var i = 0; i < writers.Length; i++) bySource[i].Add(Finish(writers[i]));
        return [.. bySource.SelectMany(batches => batches)];
    }

    private static byte[] Finish(RecordBatchWriter writer)
    {
        var bytes = new ArrayBufferWriter<byte>();
        writer.WriteTo(bytes);
        writer.Clear();
        LogCorpus.AddServices(writer);
        return bytes.WrittenSpan.ToArray();
    }
}
