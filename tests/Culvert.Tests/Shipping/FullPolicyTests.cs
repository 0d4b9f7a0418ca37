using Culvert.Records;
using Culvert.Shipping;
using static Culvert.Tests.Shipping.LogShipperTests;

namespace Culvert.Tests.Shipping;

/// <summary>What happens when the buffer is full, with exact counts.</summary>
public sealed class FullPolicyTests
{
    private const int BufferBytes = ShippingLimits.BufferBytesMin;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly string Body = new('x', 1_000);

    [Fact]
    public async Task Write_BufferFull_KeepsTheLastQuarterForWarnings()
    {
        var collector = new FakeCollector { IsDown = true };
        var shipper = LogShipper.Start(SmallBuffer(collector));

        var infos = WriteUntilDropped(shipper, Severity.Info);
        var debugDropped = !shipper.Write(Severity.Debug, Body);
        var warnings = WriteUntilDropped(shipper, Severity.Warn);
        var fatalDropped = !shipper.Write(Severity.Fatal, Body);

        Assert.True(debugDropped && fatalDropped);
        // A record of 1,000 characters takes 1,020 bytes; batches of 16 KiB hold 16 of them.
        Assert.Equal(12 * 16, infos);
        Assert.Equal(4 * 16, warnings);
        Assert.Equal([0UL, 1, 1, 1, 0, 1], shipper.Statistics.DroppedByLevel);

        collector.IsDown = false;
        await shipper.DisposeAsync().AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
        var records = collector.Records;
        Assert.Equal(infos, records.Count(record => record.Severity == Severity.Info));
        Assert.Equal(warnings, records.Count(record => record.Severity == Severity.Warn));
        Assert.Equal([0UL, 1, 1, 1, 0, 1], collector.Dropped);
        Assert.Equal((ulong)(infos + warnings + 4), collector.Produced);
    }

    [Fact]
    public async Task Write_AfterDrops_TheGapStandsBeforeTheNextRecord()
    {
        var collector = new FakeCollector { IsDown = true };
        await using var shipper = LogShipper.Start(SmallBuffer(collector));
        var kept = WriteUntilDropped(shipper, Severity.Info);
        for (var i = 0; i < 9; i++) Assert.False(shipper.Write(Severity.Info, Body));

        Assert.True(shipper.Write(Severity.Error, "after the gap"));
        collector.IsDown = false;
        Assert.True(await FlushAsync(shipper));

        Assert.Equal("after the gap", collector.Records[^1].Body);
        Assert.Equal((ulong)(kept + 10 + 1), collector.Records[^1].Sequence);
    }

    [Fact]
    public async Task Write_RoomAgain_IsKeptAgain()
    {
        var collector = new FakeCollector { IsDown = true };
        await using var shipper = LogShipper.Start(SmallBuffer(collector));
        var kept = WriteUntilDropped(shipper, Severity.Info);
        collector.IsDown = false;
        Assert.True(await FlushAsync(shipper));

        Assert.True(shipper.Write(Severity.Info, Body));
        Assert.True(await FlushAsync(shipper));

        Assert.Equal(kept + 1, collector.Records.Count);
        Assert.Equal(1UL, shipper.Statistics.Dropped);
    }

    [Fact]
    public async Task Write_WaitMode_OneExpiredWaitThenDropsAtOnceUntilThereIsRoom()
    {
        var collector = new FakeCollector { IsDown = true };
        var options = SmallBuffer(collector);
        options.FullMode = FullMode.Wait;
        options.WaitTimeout = TimeSpan.FromMilliseconds(100);
        await using var shipper = LogShipper.Start(options);

        var clock = System.Diagnostics.Stopwatch.StartNew();
        var kept = WriteUntilDropped(shipper, Severity.Info);
        var waited = clock.Elapsed;
        clock.Restart();
        for (var i = 0; i < 10_000; i++) Assert.False(shipper.Write(Severity.Info, Body));
        var droppedIn = clock.Elapsed;

        Assert.True(waited >= TimeSpan.FromMilliseconds(95), $"{waited}");
        Assert.True(droppedIn < TimeSpan.FromSeconds(5), $"10,000 waits would take 1,000 s, not {droppedIn}");
        collector.IsDown = false;
        Assert.True(await FlushAsync(shipper));
        Assert.True(shipper.Write(Severity.Info, Body));
        Assert.Equal(10_001UL, shipper.Statistics.Dropped);
        Assert.Equal(12 * 16, kept);
    }

    [Fact]
    public async Task Write_WaitModeWithoutEnd_LosesNothing()
    {
        var collector = new FakeCollector { IsDown = true };
        var options = SmallBuffer(collector);
        options.FullMode = FullMode.Wait;
        options.WaitTimeout = Timeout.InfiniteTimeSpan;
        await using var shipper = LogShipper.Start(options);
        const int Count = 5_000;

        var writing = Task.Run(() =>
        {
            for (var i = 0; i < Count; i++) Assert.True(shipper.Write(Severity.Info, Body));
        }, TestContext.Current.CancellationToken);
        await UntilAsync(() => shipper.Statistics.Produced == 12 * 16);
        collector.IsDown = false;
        await writing.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.True(await FlushAsync(shipper));
        Assert.Equal(Count, collector.Records.Count);
    }

    [Fact]
    public async Task Dispose_WhileACallWaits_WakesIt()
    {
        var collector = new FakeCollector { IsDown = true };
        var options = SmallBuffer(collector);
        options.FullMode = FullMode.Wait;
        options.WaitTimeout = Timeout.InfiniteTimeSpan;
        options.ShutdownTimeout = TimeSpan.FromMilliseconds(10);
        var shipper = LogShipper.Start(options);
        var writing = Task.Run(() => WriteUntilDropped(shipper, Severity.Info));
        await UntilAsync(() => shipper.Statistics.Produced == 12 * 16);

        await shipper.DisposeAsync().AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal(12 * 16, await writing.WaitAsync(Patience, TestContext.Current.CancellationToken));
        var statistics = shipper.Statistics;
        Assert.Equal(statistics.Produced, statistics.Acknowledged + statistics.Dropped + statistics.Undelivered);
    }

    [Fact]
    public async Task Write_RecordOverTheLimit_IsDroppedAndCountedAtOnce()
    {
        var collector = new FakeCollector();
        var options = Options(collector);
        options.FullMode = FullMode.Wait;
        options.WaitTimeout = Timeout.InfiniteTimeSpan;
        await using var shipper = LogShipper.Start(options);
        var large = new string('x', RecordLimits.StringBytesMax);

        Assert.False(shipper.Write(Severity.Error, large, Enumerable.Range(0, 8).Select(
            i => new KeyValuePair<string, object?>($"{i}", large))));
        Assert.True(shipper.Write(Severity.Error, large, [new("a", large)]));

        Assert.True(await FlushAsync(shipper));
        Assert.Equal(2UL, Assert.Single(collector.Records).Sequence);
        Assert.Equal([0UL, 0, 0, 0, 1, 0], shipper.Statistics.DroppedByLevel);
    }

    private static LogShipperOptions SmallBuffer(FakeCollector collector)
    {
        var options = Options(collector);
        options.BufferBytes = BufferBytes;
        return options;
    }

    private static int WriteUntilDropped(LogShipper shipper, Severity severity)
    {
        var count = 0;
        while (shipper.Write(severity, Body)) count++;
        return count;
    }
}
