using Culvert.Collector.Intake;
using Culvert.Collector.Spool;
using Culvert.Records;

namespace Culvert.Collector.Tests.Spool;

public sealed class SpoolDamageTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly ProducerId Producer = new(42, 1);
    private const int CheckpointLost = 2010;

    private readonly CrashFiles _files = new();
    private readonly ManualTime _time = new();

    [Fact]
    public async Task Reader_ADamagedEntryInASealedSegment_IsPassedOverAndCounted()
    {
        await using (var spool = Open()) await FillAsync(spool, 40);
        var first = _files.List().Select(file => file.Name)
            .Where(name => name.EndsWith(".segment", StringComparison.Ordinal)).Min()!;
        _files[first].Damage(SegmentLayout.HeaderBytes + EntryLayout.HeaderBytes + 100, 3);

        await using var again = Open();
        using var reader = again.Spool.OpenReader("store");
        var records = TestSpool.ReadAll(reader);
        reader.Commit(reader.Position);

        Assert.Equal(390, records.Count);
        Assert.Equal(10UL, records[0].Position);
        var output = Assert.Single(again.Ledger.Snapshot().Outputs);
        Assert.Equal((390UL, 10UL, 0UL, true), (output.Stored, output.Damaged, output.Waiting, output.Balanced));
    }

    [Fact]
    public async Task Open_AnyByteOfAnyFileDamaged_StartsAndTheSumsAddUp()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 60; round++)
        {
            var files = new CrashFiles();
            await using (var spool = TestSpool.Open(Options, files, _time)) await FillAsync(spool, 25);
            var all = files.List();
            var (name, bytes) = all[random.Next(all.Count)];
            files[name].Damage(random.NextInt64(Math.Min(bytes, 200_000)), random.Next(1, 2_000));

            await using var again = TestSpool.Open(Options, files, _time);
            using var reader = again.Spool.OpenReader("store");
            var records = TestSpool.ReadAll(reader);
            Assert.All(records, record => Assert.Equal(record.Position + 1, record.Sequence));
            reader.Commit(reader.Position);
            var ledger = again.Ledger.Snapshot();
            Assert.True(ledger.Outputs.All(output => output.Balanced), $"seed {seed}, round {round}, {name}: {ledger}");
            Assert.Equal(
                IntakeStatus.Durable, (await SendAsync(again, again.Intake.DurableSequence(Producer) + 1)).Status);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Open_NoCheckpoint_IsToldOnlyWhenOneWasThere(bool wasThere)
    {
        await using (var spool = Open())
        {
            Assert.Equal(IntakeStatus.Durable, (await SendAsync(spool, 1)).Status);
            if (wasThere)
                await spool.Spool.CheckpointAsync().WaitAsync(Limit, TestContext.Current.CancellationToken);
            _files.CrashAfter(0);
        }

        _files.Restart(new Random(1));
        if (wasThere) _files[CheckpointLayout.FileName].Damage(0, 2 * SpoolLimits.CheckpointSlotBytes);
        var events = new EventIds();
        await using var again = TestSpool.Open(Options, _files, _time, events);

        Assert.Equal(10, again.ReadAll().Count);
        Assert.Equal(wasThere, events.All.Contains(CheckpointLost));
    }

    [Fact]
    public async Task Accept_AFailedFlush_IsRefusedAndNeverRetriedOnTheSameSegment()
    {
        await using var spool = Open();
        Assert.Equal(IntakeStatus.Durable, (await SendAsync(spool, 1)).Status);
        _files.FailNextFlush = true;
        Assert.Equal(IntakeStatus.Full, (await SendAsync(spool, 11)).Status);
        Assert.Equal(SpoolPressure.Refuse, spool.Spool.Pressure);
        Assert.Equal(IntakeStatus.Full, (await SendAsync(spool, 21)).Status);

        await TickAsync(spool);
        Assert.Equal(IntakeStatus.Full, (await SendAsync(spool, 21)).Status);
        Assert.Equal(new IntakeResult(IntakeStatus.Durable, 20), await SendAsync(spool, 11));
        Assert.Equal(new IntakeResult(IntakeStatus.Durable, 30), await SendAsync(spool, 21));
        Assert.Equal(2, _files.List().Count(file => file.Name.EndsWith(".segment", StringComparison.Ordinal)));
        Assert.Equal(30, spool.ReadAll().Count);
    }

    [Fact]
    public async Task Accept_TheDiskFills_ShedsByLevelThenRefusesAndRecovers()
    {
        await using var spool = TestSpool.Open(Options with { FreeSpaceFloorBytes = 100 }, _files, _time);
        async Task<(ulong Kept, IntakeStatus Status)> SendAllLevelsAsync(long free)
        {
            _files.FreeBytes = free;
            await TickAsync(spool);
            var before = spool.Spool.NextPosition;
            var first = spool.Intake.DurableSequence(Producer) + 1;
            var batch = TestBatch.Of(
                [.. Enumerable.Range(0, 5).Select(i => first + (ulong)i)], first,
                severity: number => (Culvert.Records.Severity)(1 + 4 * (number - first)));
            var result = await spool.Intake.SendAsync(Producer, first, batch).AsTask()
                .WaitAsync(Limit, TestContext.Current.CancellationToken);
            return (spool.Spool.NextPosition - before, result.Status);
        }

        Assert.Equal((5UL, IntakeStatus.Durable), await SendAllLevelsAsync(400));
        Assert.Equal((3UL, IntakeStatus.Durable), await SendAllLevelsAsync(399));
        Assert.Equal((2UL, IntakeStatus.Durable), await SendAllLevelsAsync(299));
        Assert.Equal((1UL, IntakeStatus.Durable), await SendAllLevelsAsync(199));
        Assert.Equal((0UL, IntakeStatus.Full), await SendAllLevelsAsync(99));
        Assert.True(await spool.Spool.CheckpointAsync().WaitAsync(Limit, TestContext.Current.CancellationToken),
            "The checkpoint can be written on a full disk.");
        Assert.Equal((5UL, IntakeStatus.Durable), await SendAllLevelsAsync(1000));
        var ledger = spool.Ledger.Snapshot();
        Assert.Equal(
            (25L, 9L, 16L), (ledger.Total.Received, ledger.Total.Dropped[DropReason.DiskFull], ledger.Total.Spooled));
        Assert.Equal(0UL, Assert.Single(ledger.Producers).Lost);
        Assert.True(ledger.Balanced);
    }

    private static SpoolOptions Options => new()
    {
        Folder = "memory", SegmentBytes = 64 << 10, CheckpointBytes = 64 << 10, FreeSpaceFloorBytes = 0,
    };

    private TestSpool Open() => TestSpool.Open(Options, _files, _time);

    private long Now => UnixTime.NowNs(_time);

    private Task<IntakeResult> SendAsync(TestSpool spool, ulong first) =>
        spool.Intake.SendAsync(Producer, first, TestBatch.Of(first, 10, padding: 500), observedNs: Now).AsTask()
            .WaitAsync(Limit, TestContext.Current.CancellationToken);

    private async Task FillAsync(TestSpool spool, int batches)
    {
        for (var i = 0; i < batches; i++) Assert.Equal(
            IntakeStatus.Durable, (await SendAsync(spool, (ulong)i * 10 + 1)).Status);
    }

    /// <summary>Rings the timer and waits until the committer has dealt with it.</summary>
    private async Task TickAsync(TestSpool spool)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        await spool.Spool.CheckpointAsync().WaitAsync(Limit, TestContext.Current.CancellationToken);
    }
}
