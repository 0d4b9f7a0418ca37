using Culvert.Collector.Intake;
using Culvert.Collector.Spool;
using Culvert.Records;

namespace Culvert.Collector.Tests.Spool;

public sealed class SpoolRetentionTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly ProducerId Producer = new(42, 1);

    private readonly CrashFiles _files = new();
    private readonly ManualTime _time = new();

    [Fact]
    public async Task Keep_WhatEveryOutputConfirmed_IsDeletedAndTheRestIsNot()
    {
        await using var spool = await FillAsync(Options with { KeepConsumedBytes = 0 });
        using var fast = spool.Spool.OpenReader("fast");
        using var slow = spool.Spool.OpenReader("slow");
        TestSpool.ReadAll(fast);
        fast.Commit(fast.Position);
        await spool.Spool.CheckpointAsync().WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Equal(0UL, spool.Spool.FirstPosition);

        slow.Commit(250);
        await spool.Spool.CheckpointAsync().WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.InRange(spool.Spool.FirstPosition, 1UL, 250UL);
        Assert.All(spool.Ledger.Snapshot().Outputs, output =>
            Assert.Equal((0UL, true), (output.Expired, output.Balanced)));
    }

    [Fact]
    public async Task Keep_MoreThanTheLargestSize_ExpiresTheOldestForTheOutputThatHadNotConfirmed()
    {
        await using var spool = TestSpool.Open(Options with { MaxSizeBytes = 200 << 10 }, _files, _time);
        using var reader = spool.Spool.OpenReader("store");
        await SendAsync(spool, 60);
        Assert.InRange(spool.Spool.FirstPosition, 100UL, 600UL);
        var output = Assert.Single(spool.Ledger.Snapshot().Outputs);
        Assert.Equal((spool.Spool.FirstPosition, true), (output.Expired, output.Balanced));
        Assert.Equal(spool.Spool.FirstPosition, TestSpool.ReadAll(reader)[0].Position);
    }

    [Fact]
    public async Task Keep_OlderThanTheLargestAge_Expires()
    {
        await using var spool = await FillAsync(Options with { MaxAge = TimeSpan.FromHours(1) });
        _time.Advance(TimeSpan.FromHours(2));
        await spool.Spool.CheckpointAsync().WaitAsync(Limit, TestContext.Current.CancellationToken);
        await SendAsync(spool, 1, first: 401);
        await spool.Spool.CheckpointAsync().WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Equal(400UL, spool.Spool.FirstPosition);
        Assert.Equal([400UL, 409UL], new[] { spool.ReadAll()[0].Position, spool.ReadAll()[^1].Position });
    }

    [Fact]
    public async Task OpenReader_FromTheOutputsOwnCursor_GoesForwardAndBackAndTheSumsStayRight()
    {
        await using var spool = await FillAsync(Options);
        using (spool.Spool.OpenReader("store", fromPosition: 123))
        {
            Assert.Equal((123UL, 277UL), Output(spool));
        }

        using var reader = spool.Spool.OpenReader("store", fromPosition: 45);
        Assert.Equal((45UL, 355UL), Output(spool));
        Assert.True(reader.TryRead(out var entry));
        Assert.InRange(45UL, entry.Position, entry.NextPosition - 1);
    }

    [Fact]
    public async Task WaitAsync_AtTheEnd_WakesForTheNextAppendAndForTheEnd()
    {
        var spool = await FillAsync(Options);
        using var reader = spool.Spool.OpenReader(spool.Spool.DurablePosition);
        var waiting = reader.WaitAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.False(waiting.IsCompleted);
        await SendAsync(spool, 1, first: 401);
        Assert.True(await waiting.WaitAsync(Limit, TestContext.Current.CancellationToken));
        Assert.True(reader.TryRead(out _));

        waiting = reader.WaitAsync(TestContext.Current.CancellationToken).AsTask();
        await spool.DisposeAsync();
        Assert.False(await waiting.WaitAsync(Limit, TestContext.Current.CancellationToken));
        var late = await spool.Intake.SendAsync(Producer, 411, TestBatch.Of(411, 1)).AsTask()
            .WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Equal(IntakeStatus.Stopping, late.Status);
    }

    private static SpoolOptions Options => new()
    {
        Folder = "memory", SegmentBytes = 64 << 10, CheckpointBytes = 64 << 10, FreeSpaceFloorBytes = 0,
    };

    private static (ulong Stored, ulong Waiting) Output(TestSpool spool)
    {
        var output = Assert.Single(spool.Ledger.Snapshot().Outputs);
        Assert.True(output.Balanced);
        return (output.Stored, output.Waiting);
    }

    private async Task<TestSpool> FillAsync(SpoolOptions options)
    {
        var spool = TestSpool.Open(options, _files, _time);
        await SendAsync(spool, 40);
        return spool;
    }

    private async Task SendAsync(TestSpool spool, int batches, ulong first = 1)
    {
        var now = UnixTime.NowNs(_time);
        for (var i = 0; i < batches; i++, first += 10)
        {
            var batch = TestBatch.Of(first, 10, padding: 700);
            var result = await spool.Intake.SendAsync(Producer, first, batch, observedNs: now).AsTask()
                .WaitAsync(Limit, TestContext.Current.CancellationToken);
            Assert.Equal(IntakeStatus.Durable, result.Status);
        }
    }
}
