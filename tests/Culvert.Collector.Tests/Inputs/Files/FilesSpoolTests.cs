using System.Text;
using Culvert.Collector.Inputs;
using Culvert.Collector.Inputs.Files;
using Culvert.Collector.Intake;
using Culvert.Collector.Spool;
using Culvert.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Collector.Tests.Inputs.Files;

/// <summary>The files input on the real spool: what the capturing intake only models.</summary>
public sealed class FilesSpoolTests
{
    [Fact]
    public async Task Restart_SpoolAndFilesWithOldPositions_EveryLineOnceAndNoneCountedAsLost()
    {
        await using var files = new FilesFixture();
        var expected = Enumerable.Range(0, 3_000).Select(i => $"line {i}").ToArray();
        files.Append("app.log", string.Join('\n', expected[..1_000]) + "\n");
        await RunAsync(files, expected.Length);
        var early = files.SaveState();
        files.Append("app.log", string.Join('\n', expected[1_000..2_000]) + "\n");
        await RunAsync(files, expected.Length);
        files.RestoreState(early);
        files.Append("app.log", string.Join('\n', expected[2_000..]) + "\n");
        var (bodies, snapshot) = await RunAsync(files, expected.Length);

        Assert.Equal(expected, bodies);
        Assert.All(snapshot.Inputs, input => Assert.True(input.Balanced));
        var producer = Assert.Single(snapshot.Producers);
        Assert.Equal((3_000UL, 3_000UL, 0UL), (producer.Produced, producer.Received, producer.Lost));
    }

    private static async Task<(List<string> Bodies, LedgerSnapshot Ledger)> RunAsync(FilesFixture files, int recordsMax)
    {
        var ledger = new Ledger();
        var options = new SpoolOptions { Folder = files.PathOf("spool"), FreeSpaceFloorBytes = 0 };
        await using var spool = LogSpool.Open(options, ledger);
        var context = new InputContext(
            "files", new SpoolIntake(spool, ledger), ledger, files.Clock, NullLoggerFactory.Instance);
        await using var input = new FilesInput(context, files.Options("*.log"));
        input.Open();
        var token = TestContext.Current.CancellationToken;
        await input.PassAsync(token).AsTask().WaitAsync(TimeSpan.FromSeconds(20), token);
        files.Clock.Advance(TimeSpan.FromSeconds(1));
        await input.PassAsync(token).AsTask().WaitAsync(TimeSpan.FromSeconds(20), token);
        return (Read(spool, recordsMax), ledger.Snapshot());
    }

    private static List<string> Read(LogSpool spool, int recordsMax)
    {
        var bodies = new List<string>();
        using var reader = spool.OpenReader(0);
        while (bodies.Count <= recordsMax && reader.TryRead(out var entry))
        {
            Assert.True(RecordBatchReader.TryOpen(entry.Records.Span, out var records, out _));
            while (records.TryRead(out var record)) bodies.Add(Encoding.UTF8.GetString(record.Body));
        }

        return bodies;
    }
}
