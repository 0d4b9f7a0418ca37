using Culvert.Collector.Intake;
using Culvert.Collector.Spool;
using Culvert.Collector.Tests.Spool;

namespace Culvert.Collector.Tests.Intake;

public sealed class SpoolIntakeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly ProducerId Producer = new(42, 1);

    private readonly TestSpool _spool = TestSpool.Open(
        new SpoolOptions { Folder = "memory", FreeSpaceFloorBytes = 0 }, new CrashFiles(), new ManualTime());

    [Fact]
    public async Task AcceptAsync_TheSameAgainWhileUnderWay_WaitsAndCountsDuplicates()
    {
        var batch = TestBatch.Of(1, 100);
        var answers = Enumerable.Range(0, 20).Select(_ => _spool.Intake.SendAsync(Producer, 1, batch).AsTask())
            .ToList();
        foreach (var answer in answers) Assert.Equal(new IntakeResult(IntakeStatus.Durable, 100),
            await answer.WaitAsync(Limit, TestContext.Current.CancellationToken));
        Assert.Equal(100, _spool.ReadAll().Count);
        var ledger = _spool.Ledger.Snapshot();
        Assert.Equal((2000L, 1900L, 100L), (ledger.Total.Received, ledger.Total.Duplicates, ledger.Total.Spooled));
        Assert.True(ledger.Balanced);
    }

    [Fact]
    public async Task AcceptAsync_GapsAndReports_ListWhatIsLostWithItsProgram()
    {
        await SendAsync(TestBatch.Of([2, 3, 7], 1, "shop"), 1);
        await SendAsync(TestBatch.Of([10, 11], 10, "shop"), 10);
        _spool.Ledger.NoteReport("native", Producer, "shop", 20, [1, 0, 0, 0, 0, 0]);
        var producer = Assert.Single(_spool.Ledger.Snapshot().Producers);
        Assert.Equal("shop", producer.Service);
        Assert.Equal(
            (20UL, 5UL, 6UL, 9UL), (producer.Produced, producer.Received, producer.Lost, producer.Outstanding));
        Assert.Equal(
            [new SequenceRange(1, 1), new SequenceRange(4, 6), new SequenceRange(8, 9)], producer.LostRanges);
        Assert.Equal(1UL, producer.DroppedByLevel[0]);
    }

    [Fact]
    public async Task AcceptAsync_BytesThatAreNoBatch_AreCountedAndNothingElseHappens()
    {
        var random = new Random(5);
        for (var i = 0; i < 200; i++)
        {
            var bytes = TestBatch.Of(1, 3);
            bytes[random.Next(bytes.Length)] ^= (byte)random.Next(1, 256);
            var junk = i % 2 == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
            var result = await _spool.Intake.SendAsync(new ProducerId((uint)i, 1), 1, junk).AsTask()
                .WaitAsync(Limit, TestContext.Current.CancellationToken);
            Assert.True(result.Status is IntakeStatus.Malformed or IntakeStatus.Durable);
        }

        var zero = await _spool.Intake.SendAsync(Producer, 0, TestBatch.Of(0, 1)).AsTask()
            .WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Equal(IntakeStatus.Malformed, zero.Status);
        Assert.True(_spool.Ledger.Snapshot().Balanced);
        Assert.True(_spool.Ledger.Snapshot().Total.Dropped[DropReason.Malformed] > 50);
    }

    [Fact]
    public async Task AcceptAsync_MoreProducersThanAreKept_FoldsTheOldestAndStaysBalanced()
    {
        for (var i = 0; i < LedgerLimits.ProducersMax + 100; i++)
            await _spool.Intake.SendAsync(new ProducerId((uint)i, 1), 1, TestBatch.Of(1, 1, $"service-{i}")).AsTask()
                .WaitAsync(Limit, TestContext.Current.CancellationToken);
        var ledger = _spool.Ledger.Snapshot();
        Assert.True(ledger.Balanced);
        Assert.True(ledger.Producers.Count <= LedgerLimits.ProducersMax);
        Assert.Equal(
            (ulong)(LedgerLimits.ProducersMax + 100), ledger.ForgottenProducers.Epochs + (ulong)ledger.Producers.Count);
        Assert.Equal(LedgerLimits.SourcesMax + 1, ledger.Sources.Count);
        Assert.True(await _spool.Spool.CheckpointAsync().WaitAsync(Limit, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Snapshot_WhileManySend_IsBalancedAtEveryInstant()
    {
        using var reader = _spool.Spool.OpenReader("store");
        var senders = Enumerable.Range(1, 4).Select(id => Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++) await _spool.Intake.SendAsync(
                new ProducerId((uint)id, 1), (ulong)i + 1, TestBatch.Of((ulong)i + 1, 1));
        })).ToList();
        while (senders.Any(sender => !sender.IsCompleted))
        {
            Assert.True(_spool.Ledger.Snapshot().Balanced);
            if (reader.TryRead(out var entry)) reader.Commit(entry.NextPosition);
        }

        await Task.WhenAll(senders).WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Equal(800L, _spool.Ledger.Snapshot().Total.Spooled);
    }

    private async Task SendAsync(byte[] batch, ulong first)
    {
        var result = await _spool.Intake.SendAsync(Producer, first, batch).AsTask()
            .WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Equal(IntakeStatus.Durable, result.Status);
    }
}
