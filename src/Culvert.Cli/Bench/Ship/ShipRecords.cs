using System.Buffers;
using Culvert.Cli.Bench.Corpus;
using Culvert.Collector.Intake;
using Culvert.Collector.Outputs;
using Culvert.Collector.Spool;
using Culvert.Records;

namespace Culvert.Cli.Bench.Ship;

/// <summary>What is shipped: records of the corpus, in the spool of a collector that does not run yet, and the same
/// records with all that they say as JSON lines of a file, for those who read files.</summary>
internal sealed class ShipRecords : IDisposable
{
    private const int Seed = 5;
    private const int PayloadLines = 20_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-bench-ship-").FullName;

    public ShipRecords(long count) => Count = count;

    public long Count { get; }

    /// <summary>The data folder of a collector whose output has delivered nothing yet.</summary>
    public string Data => Path.Combine(_folder, "data");

    public string Lines => Path.Combine(_folder, "lines.txt");

    /// <summary>The first twenty thousand of the lines or so, for a program that keeps what it sends in
    /// memory.</summary>
    public string Payload => Path.Combine(_folder, "payload.txt");

    /// <summary>A file of that name, which goes with the others.</summary>
    public string FileOf(string name) => Path.Combine(_folder, name);

    /// <summary>Makes them all.</summary>
    /// <param name="output">Whose cursor begins at the first record.</param>
    /// <param name="cancellationToken">Ends the making.</param>
    public async Task MakeAsync(string output, CancellationToken cancellationToken)
    {
        var ledger = new Ledger();
        Directory.CreateDirectory(Data);
        await using var spool = LogSpool.Open(new SpoolOptions { Folder = Path.Combine(Data, "spool") }, ledger);
        spool.OpenReader(output).Dispose();
        var intake = new SpoolIntake(spool, ledger);
        var corpus = new LogCorpus(Seed, UnixTime.NowNs(TimeProvider.System));
        var batch = new RecordBatchWriter();
        var bytes = new ArrayBufferWriter<byte>(128 * 1024);
        for (var made = 0L; made < Count; made += batch.RecordCount)
        {
            cancellationToken.ThrowIfCancellationRequested();
            batch.Clear();
            LogCorpus.AddServices(batch);
            while (made + batch.RecordCount < Count && !batch.IsFull && batch.Bytes < RecordLimits.BatchBytesTarget)
            {
                corpus.MoveNext();
                corpus.WriteTo(batch);
            }

            bytes.ResetWrittenCount();
            batch.WriteTo(bytes);
            var result = await GiveAsync(intake, made + 1, corpus.TimeNs, bytes.WrittenSpan);
            if (result.Status != IntakeStatus.Durable)
                throw new InvalidOperationException($"The spool in {Data} took no more: {result.Status}.");
        }

        using var reader = spool.OpenReader(fromPosition: 0);
        WriteLines(reader, cancellationToken);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static ValueTask<IntakeResult> GiveAsync(
        SpoolIntake intake, long first, long observedNs, ReadOnlySpan<byte> records) =>
        intake.AcceptAsync(new IntakeBatch
        {
            Input = "bench",
            Producer = new ProducerId(1, 1),
            FirstSequence = (ulong)first,
            ObservedNs = observedNs,
            Origin = AttributeWriter.Encode([new("input", "bench")]),
            Records = records,
        });

    private void WriteLines(SpoolReader reader, CancellationToken cancellationToken)
    {
        using var file = File.Create(Lines);
        using var payload = File.Create(Payload);
        using var lines = new JsonLines();
        var left = PayloadLines;
        while (reader.TryRead(out var entry))
        {
            cancellationToken.ThrowIfCancellationRequested();
            lines.Clear();
            lines.Add(entry, first: 0, bytesMax: int.MaxValue);
            file.Write(lines.Written.Span);
            if (left > 0) payload.Write(lines.Written.Span);
            left -= entry.RecordCount;
        }
    }
}
