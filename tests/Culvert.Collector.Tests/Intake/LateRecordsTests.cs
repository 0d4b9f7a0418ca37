using System.Globalization;
using Culvert.Collector.Intake;
using Culvert.Collector.Tests.Spool;
using Culvert.Tests;

namespace Culvert.Collector.Tests.Intake;

/// <summary>Records of one producer that come by several ways, as through several collectors: each once, whatever comes
/// first.</summary>
public sealed class LateRecordsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly ProducerId Producer = new(42, 1);

    [Fact]
    public async Task AcceptAsync_WhatFillsAHole_IsTakenOnce()
    {
        using var folder = new TempFolder();
        await using var spool = TestSpool.Open(TestSpool.Options(folder.Path));
        await SendAsync(spool, 1, 50);
        await SendAsync(spool, 101, 50);
        Assert.Equal(50UL, State(spool).Lost);

        await SendAsync(spool, 41, 70);
        await SendAsync(spool, 41, 70);
        Assert.Equal((150UL, 0UL), (State(spool).Received, State(spool).Lost));
        Assert.Equal((240L, 90L, 150L), Counts(spool));
        Assert.Equal(
            Enumerable.Range(1, 150).Select(i => (ulong)i),
            spool.ReadAll().Select(record => record.Sequence).Order());
    }

    [Fact]
    public async Task AcceptAsync_PartOfAHole_LeavesTheRest()
    {
        using var folder = new TempFolder();
        await using var spool = TestSpool.Open(TestSpool.Options(folder.Path));
        await SendAsync(spool, 100, 1);
        await SendAsync(spool, 20, 10);
        await SendAsync(spool, 25, 10);
        Assert.Equal(
            [new SequenceRange(1, 19), new SequenceRange(35, 99)], State(spool).LostRanges);
        Assert.Equal(84UL, State(spool).Lost);
    }

    [Fact]
    public async Task Open_AfterACrash_HolesAreThoseOfBefore()
    {
        var files = new CrashFiles();
        var options = TestSpool.Options("memory");
        var spool = TestSpool.Open(options, files, new ManualTime());
        await SendAsync(spool, 101, 50);
        await SendAsync(spool, 41, 20);
        await spool.Spool.CheckpointAsync().WaitAsync(Limit, TestContext.Current.CancellationToken);
        await SendAsync(spool, 1, 10);
        var before = State(spool);
        files.Restart(new Random(3));
        await using var again = TestSpool.Open(options, files, new ManualTime());
        Assert.Equal((before.Lost, before.Received), (State(again).Lost, State(again).Received));
        Assert.Equal(before.LostRanges, State(again).LostRanges);
        await SendAsync(again, 1, 150);
        Assert.Equal((150UL, 0UL), (State(again).Received, State(again).Lost));
        Assert.True(again.Ledger.Snapshot().Balanced);
    }

    /// <summary>Three ways, each in its order and with what it repeats, mixed at random: each record once.</summary>
    [Fact]
    public async Task AcceptAsync_ThreeWaysMixedAtRandom_EachRecordOnce()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed.ToString(CultureInfo.InvariantCulture)}");
        var random = new Random(seed);
        for (var round = 0; round < 20; round++)
        {
            await using var spool = TestSpool.Open(TestSpool.Options("memory"), new CrashFiles(), new ManualTime());
            var ways = Enumerable.Range(0, 3).Select(_ => new Queue<(ulong First, int Count)>()).ToArray();
            for (var next = 1UL; next <= 800;)
            {
                // A producer that changes its way begins anew with what was not acknowledged on the one before.
                var way = ways[random.Next(3)];
                var first = next - Math.Min(next - 1, (ulong)random.Next(30));
                for (var batch = random.Next(1, 6); batch > 0; batch--)
                {
                    var count = random.Next(1, 60);
                    way.Enqueue((first, count));
                    first += (ulong)count;
                }

                next = Math.Max(next, first);
            }

            var last = ways.SelectMany(way => way).Max(batch => batch.First + (ulong)batch.Count - 1);
            var answers = new List<Task<IntakeResult>>();
            while (ways.Any(way => way.Count > 0))
            {
                var way = ways[random.Next(3)];
                if (!way.TryDequeue(out var batch)) continue;
                answers.Add(spool.Intake.SendAsync(
                    Producer, batch.First, TestBatch.Of(batch.First, batch.Count)).AsTask());
                if (random.Next(4) == 0) await answers[^1].WaitAsync(Limit, TestContext.Current.CancellationToken);
            }

            foreach (var answer in answers)
            {
                var result = await answer.WaitAsync(Limit, TestContext.Current.CancellationToken);
                Assert.Equal(IntakeStatus.Durable, result.Status);
            }

            // Between the ways no more holes arise than are listed, so nothing may be missing or double.
            Assert.Equal(
                Enumerable.Range(1, (int)last).Select(i => (ulong)i),
                spool.ReadAll().Select(record => record.Sequence).Order());
            Assert.Equal((last, 0UL), (State(spool).Received, State(spool).Lost));
            Assert.True(spool.Ledger.Snapshot().Balanced);
        }
    }

    [Fact]
    public void GapList_MoreRangesThanAreListed_KeepsTheLargestAndCountsAll()
    {
        var gaps = new GapList();
        gaps.Add(1, 1_000);
        for (var i = 0UL; i < 100; i++) gaps.Add(2_000 + (i * 10), 2_000 + (i * 10));
        Assert.Equal((1_100UL, LedgerLimits.GapRangesMax), (gaps.Count, gaps.Ranges.Count));
        Assert.True(gaps.Contains(500));
        var filled = new GapList(int.MaxValue);
        for (var i = 1UL; i < 1_000; i += 2) filled.Add(i, i);
        gaps.Remove(filled);
        Assert.True(gaps.Ranges.Count <= LedgerLimits.GapRangesMax);
        Assert.True(gaps.Count < 1_100);
    }

    private static async Task SendAsync(TestSpool spool, ulong first, int count)
    {
        var result = await spool.Intake.SendAsync(Producer, first, TestBatch.Of(first, count)).AsTask()
            .WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Equal(IntakeStatus.Durable, result.Status);
    }

    private static ProducerSnapshot State(TestSpool spool) => Assert.Single(spool.Ledger.Snapshot().Producers);

    private static (long Received, long Duplicates, long Spooled) Counts(TestSpool spool)
    {
        var total = spool.Ledger.Snapshot().Total;
        return (total.Received, total.Duplicates, total.Spooled);
    }
}
