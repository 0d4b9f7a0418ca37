using System.Text;
using Culvert.Collector.Inputs;
using Culvert.Collector.Inputs.Connections;
using Culvert.Collector.Intake;
using Culvert.Collector.Spool;
using Culvert.Records;
using Culvert.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Collector.Tests.Inputs.Connections;

/// <summary>The listener over the real spool, restarted in between.</summary>
public sealed class SpooledInputTests
{
    [Fact]
    public async Task NativeAndLines_OverARestart_AreInTheSpoolOnceAndTheLedgerAddsUp()
    {
        using var folder = new TempFolder();
        var producer = await FirstLifeAsync(folder.Path);
        await SecondLifeAsync(folder.Path, producer);
    }

    private static async Task<byte[]> FirstLifeAsync(string folder)
    {
        var ledger = new Ledger();
        await using var spool = LogSpool.Open(new SpoolOptions { Folder = folder }, ledger);
        await using var input = await ListenAsync(folder, spool, ledger);
        await using var client = new NativeClient(await Ipc.ConnectAsync(
            input.Endpoints[0], cancellationToken: TestContext.Current.CancellationToken));
        await client.OpenAsync();
        await client.SendBatchAsync(1, "a", "b");
        await client.SendBatchAsync(3, "c");
        await client.ReadAcksAsync(3);
        return client.Producer;
    }

    private static async Task SecondLifeAsync(string folder, byte[] producer)
    {
        var ledger = new Ledger();
        await using var spool = LogSpool.Open(new SpoolOptions { Folder = folder }, ledger);
        var input = await ListenAsync(folder, spool, ledger);
        await using (var client = new NativeClient(await Ipc.ConnectAsync(
            input.Endpoints[0], cancellationToken: TestContext.Current.CancellationToken)) { Producer = producer })
        {
            Assert.Equal(3UL, await client.OpenAsync());
            // A client that lost its memory of the Ack sends it all again.
            await client.SendBatchAsync(1, "a", "b", "c", "d");
            await client.ReadAcksAsync(4);
            await client.SendBatchAsync(5, NativeClient.Batch("x")[..^1]);
            Assert.NotEmpty(await client.ReadErrorAsync());
        }

        await using (var lines = await Ipc.ConnectAsync(
            input.Endpoints[0], cancellationToken: TestContext.Current.CancellationToken))
        {
            await lines.Output.WriteAsync(
                "one\n{\"msg\":\"two\"}\n"u8.ToArray(), TestContext.Current.CancellationToken);
            await lines.Output.CompleteAsync();
            await lines.Input.ReadAsync(TestContext.Current.CancellationToken);
        }

        await input.StopAsync(CancellationToken.None);
        await input.DisposeAsync();
        var snapshot = ledger.Snapshot();
        Assert.Equal(["a", "b", "c", "d", "one", "two"], Bodies(spool));
        Assert.Equal(3, snapshot.Total.Duplicates);
        Assert.Equal(1, snapshot.Total.Dropped[DropReason.Malformed]);
        Assert.True(snapshot.Balanced);
    }

    private static async Task<ListenerInput> ListenAsync(string folder, LogSpool spool, Ledger ledger)
    {
        var context = new InputContext(
            "in", new SpoolIntake(spool, ledger), ledger, TimeProvider.System, NullLoggerFactory.Instance);
        var input = new ListenerInput(context, new ListenerInputOptions { Endpoint = $"unix://{folder}/in.sock" });
        await input.StartAsync(CancellationToken.None);
        return input;
    }

    private static List<string> Bodies(LogSpool spool)
    {
        var bodies = new List<string>();
        using var reader = spool.OpenReader(0UL);
        while (reader.TryRead(out var entry))
        {
            Assert.True(RecordBatchReader.TryOpen(entry.Records.Span, out var records, out _));
            while (records.TryRead(out var record)) bodies.Add(Encoding.UTF8.GetString(record.Body));
        }

        return bodies;
    }
}
