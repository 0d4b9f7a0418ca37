using Culvert.Collector.Intake;
using Culvert.Records;
using Culvert.Shipping;

namespace Culvert.Collector.Tests.Inputs.Connections;

public sealed class NativeSessionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Ship_ThroughTheRealClient_EveryRecordOnceWithTheKernelsWordOnTheSender()
    {
        await using var input = await InputUnderTest.ListenAsync();
        const int count = 20_000;
        await using (var shipper = LogShipper.Start(new LogShipperOptions
        {
            Endpoint = input.Endpoint, Resource = [new("service.name", "shop")],
        }))
        {
            for (var i = 0; i < count; i++) Assert.True(shipper.Write(Severity.Info, $"record {i}"));
            Assert.True(await shipper.FlushAsync(Patience, TestContext.Current.CancellationToken));
        }

        Assert.Equal(Enumerable.Range(0, count).Select(i => $"record {i}"), input.Intake.Bodies);
        var record = input.Intake.Records[0];
        Assert.Equal((long)Environment.ProcessId, record.Origin["peer.pid"]);
        Assert.Equal("in", record.Origin["input"]);
        Assert.Equal("shop", record.Resource["service.name"]);
        await input.StopAsync();
        var producer = Assert.Single(input.Ledger.Snapshot().Producers);
        Assert.Equal((ulong)count, producer.Produced);
        Assert.Equal("shop", producer.Service);
    }

    [Fact]
    public async Task Ack_WhileNothingIsDurable_DoesNotCome()
    {
        await using var input = await InputUnderTest.ListenAsync();
        await using var client = new NativeClient(await input.ConnectAsync());
        var gate = input.Intake.Hold();
        Assert.Equal(0UL, await client.OpenAsync());
        for (var i = 0; i < 10; i++) await client.SendBatchAsync((ulong)i + 1, $"{i}");
        await input.Intake.WaitForAsync(10);
        var acks = client.ReadAcksAsync(10);
        Assert.False(acks.IsCompleted);
        gate.SetResult();
        Assert.InRange(await acks, 1, 10);
    }

    [Fact]
    public async Task Hello_OfAProducerThatCameBefore_IsToldWhatIsDurable()
    {
        await using var input = await InputUnderTest.ListenAsync();
        byte[] producer;
        await using (var first = new NativeClient(await input.ConnectAsync()))
        {
            producer = first.Producer;
            await first.OpenAsync();
            await first.SendBatchAsync(1, "a", "b", "c");
            await first.ReadAcksAsync(3);
        }

        await using var second = new NativeClient(await input.ConnectAsync()) { Producer = producer };
        Assert.Equal(3UL, await second.OpenAsync());
        await using var third = new NativeClient(await input.ConnectAsync()) { Producer = producer };
        Assert.Equal(0UL, await third.OpenAsync(epoch: 2));
    }

    [Fact]
    public async Task Hello_WhileTheOlderConnectionIsHeld_EndsThatOneFirst()
    {
        await using var input = await InputUnderTest.ListenAsync();
        await using var older = new NativeClient(await input.ConnectAsync());
        await older.OpenAsync();
        input.Intake.Answer = IntakeStatus.Full;
        await older.SendBatchAsync(1, "a");
        await older.SendBatchAsync(2, "b");

        await using var newer = new NativeClient(await input.ConnectAsync()) { Producer = older.Producer };
        Assert.Equal(0UL, await newer.OpenAsync());
        Assert.Contains("connected again", await older.ReadErrorAsync(), StringComparison.Ordinal);
        input.Intake.Answer = IntakeStatus.Durable;
        await newer.SendBatchAsync(1, "a");
        await newer.SendBatchAsync(2, "b");
        await newer.ReadAcksAsync(2);
        Assert.Equal(["a", "b"], input.Intake.Bodies);
    }

    [Fact]
    public async Task Batch_WhileTheDiskIsFull_IsHeldAndKeptInOrder()
    {
        await using var input = await InputUnderTest.ListenAsync();
        await using var client = new NativeClient(await input.ConnectAsync());
        await client.OpenAsync();
        input.Intake.Answer = IntakeStatus.Full;
        for (var i = 1; i <= 30; i++) await client.SendBatchAsync((ulong)i, $"{i}");
        var acks = client.ReadAcksAsync(30);
        input.Intake.Answer = IntakeStatus.Durable;
        await acks;
        Assert.Equal(Enumerable.Range(1, 30).Select(i => $"{i}"), input.Intake.Bodies);
        Assert.Equal(0, input.Intake.DuplicateCount);
    }

    [Fact]
    public async Task Goodbye_AfterBatches_IsAcknowledgedAndClosed()
    {
        await using var input = await InputUnderTest.ListenAsync();
        await using var client = new NativeClient(await input.ConnectAsync());
        await client.OpenAsync();
        await client.SendBatchAsync(1, "a", "b");
        await client.SendGoodbyeAsync(5);
        await client.ReadAcksAsync(2);
        await input.StopAsync();
        Assert.Equal(5UL, Assert.Single(input.Ledger.Snapshot().Producers).Produced);
    }

    [Fact]
    public async Task Stop_WhileAClientSends_LeavesNothingUnacknowledgedThatWasTaken()
    {
        await using var input = await InputUnderTest.ListenAsync();
        await using var client = new NativeClient(await input.ConnectAsync());
        await client.OpenAsync();
        var gate = input.Intake.Hold();
        await client.SendBatchAsync(1, "a");
        await input.Intake.WaitForAsync(1);
        var stopping = input.StopAsync();
        gate.SetResult();
        await client.ReadAcksAsync(1);
        await stopping;
    }
}
