using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using Culvert.Collector.Intake;
using Culvert.Collector.Spool;
using Culvert.Records;

namespace Culvert.TestPeer;

/// <summary>Fills a spool, says on standard output what is acknowledged, and kills itself at a step of the spool's
/// writing.</summary>
internal static class SpoolKillPoint
{
    // Enough for the twentieth deletion of a segment: two segments are written for each that is deleted.
    private const int BatchesMax = 500;
    private const int RecordsPerBatch = 8;

    public static async Task<int> RunAsync(string folder, string step, int occurrence)
    {
        var killAt = Enum.Parse<SpoolStep>(step);
        var options = new SpoolOptions
        {
            Folder = folder,
            SegmentBytes = 64 << 10,
            CheckpointBytes = 64 << 10,
            KeepConsumedBytes = 0,
            FreeSpaceFloorBytes = 0,
            OnStep = reached =>
            {
                if (reached == killAt && --occurrence == 0) Process.GetCurrentProcess().Kill();
            },
        };
        var ledger = new Ledger();
        await using var spool = LogSpool.Open(options, ledger);
        var intake = new SpoolIntake(spool, ledger);
        using var reader = spool.OpenReader("store");
        var producer = new ProducerId(7, 1);
        var next = intake.DurableSequence(producer) + 1;
        for (var i = 0; i < BatchesMax; i++)
        {
            var result = await SendAsync(intake, producer, next);
            if (result.Status != IntakeStatus.Durable) return 3;
            next = result.LastSequence + 1;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"acknowledged {result.LastSequence}"));
            while (reader.TryRead(out _))
            {
            }

            // Half of what is there is confirmed, so that some is deleted and some is not.
            reader.Commit(reader.Position / 2);
        }

        return 4;
    }

    private static ValueTask<IntakeResult> SendAsync(SpoolIntake intake, ProducerId producer, ulong first)
    {
        var writer = new RecordBatchWriter();
        writer.AddResource(AttributeWriter.Encode([new("service.name", "peer")]));
        for (var i = 0; i < RecordsPerBatch; i++)
        {
            writer.BeginRecord(0, Severity.Info, 1);
            writer.Body((first + (ulong)i).ToString(CultureInfo.InvariantCulture).PadRight(1000, '.').AsSpan());
            writer.BeginAttributes().End();
            writer.EndRecord();
        }

        var bytes = new ArrayBufferWriter<byte>();
        writer.WriteTo(bytes);
        return intake.AcceptAsync(new IntakeBatch
        {
            Input = "native",
            Producer = producer,
            FirstSequence = first,
            ObservedNs = UnixTime.NowNs(TimeProvider.System),
            Origin = AttributeWriter.Encode([new("input", "native")]),
            Records = bytes.WrittenSpan,
        });
    }
}
