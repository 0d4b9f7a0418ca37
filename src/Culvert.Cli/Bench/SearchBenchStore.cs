using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using Culvert.Cli.Bench.Corpus;
using Culvert.Collector.Intake;
using Culvert.Collector.Spool;
using Culvert.Collector.Store;
using Culvert.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Cli.Bench;

/// <summary>The store that the search benchmark asks, and what its generator knows of it.</summary>
internal sealed class SearchBenchStore
{
    /// <summary>A token of ten records, spread over the whole.</summary>
    public const string RareToken = "zq7needle";

    private const int RareCount = 10;
    private const int Seed = 20261122;
    private readonly long[] _bySeverity = new long[25];

    private SearchBenchStore(string folder, int records)
    {
        (Folder, Records) = (folder, records);
    }

    public string Folder { get; }

    public int Records { get; }

    public string StoreFolder => Path.Combine(Folder, "store");

    /// <summary>The bodies as lines, for the plain scan.</summary>
    public string TextFile => Path.Combine(Folder, "text.log");

    public string Size => Records >= 1_000_000
        ? (Records / 1e6).ToString("0.#", CultureInfo.InvariantCulture) + " M"
        : Records.ToString(CultureInfo.InvariantCulture);

    public long Rare => Math.Min(RareCount, Records);

    /// <summary>Records at a severity or above.</summary>
    public long AtLeast(Severity severity) => _bySeverity[(int)severity..].Sum();

    /// <summary>Builds the store through the real writer, or takes the one that is there; either way the generator
    /// runs, because its knowledge is what answers are checked with.</summary>
    public static SearchBenchStore Prepare(
        string folder, int records, BenchReport report, CancellationToken cancellationToken)
    {
        var store = new SearchBenchStore(folder, records);
        var marker = Path.Combine(folder, $"built-{records}-{Seed}");
        var isBuilt = File.Exists(marker);
        store.Generate(!isBuilt, report, cancellationToken);
        if (!isBuilt) File.WriteAllText(marker, "");
        return store;
    }

    private void Generate(bool build, BenchReport report, CancellationToken cancellationToken)
    {
        using var writer = build
            ? StoreWriter.Open(new StoreOptions { Folder = StoreFolder, MaxBytes = long.MaxValue }, NullLogger.Instance)
            : null;
        using var text = build ? new BufferedStream(File.Create(TextFile), 1 << 20) : Stream.Null;
        var corpus = new LogCorpus(Seed);
        var batch = new RecordBatchWriter();
        var entry = new ArrayBufferWriter<byte>(128 * 1024);
        var origin = AttributeWriter.Encode([new("input", "bench")]);
        var (writing, cpu) = (TimeSpan.Zero, TimeSpan.Zero);
        var rareEvery = Math.Max(1, Records / RareCount);
        for (var position = 0; position < Records;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            batch.Clear();
            LogCorpus.AddServices(batch);
            for (; position + batch.RecordCount < Records && !batch.IsFull;)
            {
                var index = position + batch.RecordCount;
                corpus.MoveNext();
                _bySeverity[(int)corpus.Severity]++;
                var isRare = index % rareEvery == rareEvery / 2 && index / rareEvery < RareCount;
                corpus.WriteTo(batch, isRare ? "zq7needle"u8 : default);
                text.Write(corpus.Body);
                text.WriteByte((byte)'\n');
            }

            entry.ResetWrittenCount();
            batch.WriteTo(entry);
            var (started, cpuStarted) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            if (writer is not null)
                Add(writer, batch.RecordCount, position, corpus.TimeNs, origin, entry.WrittenMemory);
            writing += Stopwatch.GetElapsedTime(started);
            cpu += Environment.CpuUsage.TotalTime - cpuStarted;
            position += batch.RecordCount;
        }

        if (writer is null) return;
        var ended = Stopwatch.GetTimestamp();
        writer.Commit();
        writing += Stopwatch.GetElapsedTime(ended);
        report.Add("build", Size,
            [("records_per_s", Records / writing.TotalSeconds), ("records_per_cpu_s", Records / cpu.TotalSeconds),
                ("bytes_per_record", writer.Stats.Bytes / (double)Records),
             ("raw_bytes_per_record", text.Length / (double)Records)]);
    }

    private static void Add(
        StoreWriter writer, int count, int position, long timeNs, byte[] origin, ReadOnlyMemory<byte> records)
    {
        writer.Add(new SpoolEntry
        {
            Position = (ulong)position,
            RecordCount = count,
            Producer = new ProducerId(1, 1),
            FirstSequence = (ulong)position + 1,
            LastSequence = (ulong)(position + count),
            ObservedNs = timeNs,
            Origin = origin,
            Records = records,
        });
        if (writer.IsDue) writer.Commit();
    }
}
