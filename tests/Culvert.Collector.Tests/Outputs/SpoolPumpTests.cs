using Culvert.Collector.Intake;
using Culvert.Collector.Outputs;
using Culvert.Collector.Tests.Spool;
using Culvert.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Collector.Tests.Outputs;

/// <summary>What all outputs share: cursor, back-pressure, failures, the stop.</summary>
public sealed class SpoolPumpTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly ProducerId Producer = new(7, 1);

    [Fact]
    public async Task Start_SlowOutputBesideAFastOne_TheFastOneGetsEverything()
    {
        using var folder = new TempFolder();
        await using var spool = TestSpool.Open(TestSpool.Options(folder.Path));
        var (slow, fast) = (new HeldSide(), new HeldSide());
        fast.Open.SetResult();
        await using var slowPump = Pump(spool, "slow", () => new HeldSink(slow));
        await using var fastPump = Pump(spool, "fast", () => new HeldSink(fast));
        slowPump.Start();
        fastPump.Start();
        await SendAsync(spool, 1, 100);
        await slow.Asked.Task.WaitAsync(Limit, TestContext.Current.CancellationToken);
        await SendAsync(spool, 101, 100);
        await UntilAsync(() => Output(spool, "fast").Waiting == 0, "the fast one has all");
        Assert.Equal((0UL, 200UL), (Output(spool, "slow").Stored, Output(spool, "slow").Waiting));

        slow.Open.SetResult();
        await UntilAsync(() => Output(spool, "slow").Waiting == 0, "the slow one has all");
        Assert.Equal(Enumerable.Range(1, 200).Select(i => (ulong)i), slow.Got);
        Assert.True(spool.Ledger.Snapshot().Balanced);
    }

    [Fact]
    public async Task Write_LittleRoom_EveryRecordComesOnceInOrder()
    {
        using var folder = new TempFolder();
        await using var spool = TestSpool.Open(TestSpool.Options(folder.Path));
        var side = new HeldSide { RoomRecords = 7 };
        side.Open.SetResult();
        await using var pump = Pump(spool, "narrow", () => new HeldSink(side));
        await SendAsync(spool, 1, 100);
        pump.Start();
        await UntilAsync(() => Output(spool, "narrow").Waiting == 0, "it has all");
        Assert.Equal(Enumerable.Range(1, 100).Select(i => (ulong)i), side.Got);
    }

    [Fact]
    public async Task Write_Fails_StateSaysSoAndItGoesOnAtTheCursor()
    {
        using var folder = new TempFolder();
        await using var spool = TestSpool.Open(TestSpool.Options(folder.Path));
        var side = new HeldSide { Failure = "The other side is away; start it." };
        side.Open.SetResult();
        await using var pump = Pump(spool, "far", () => new HeldSink(side));
        spool.Ledger.Attach([pump.Status]);
        await SendAsync(spool, 1, 10);
        pump.Start();
        await UntilAsync(() => pump.Status.Snapshot().State == OutputState.Retrying, "it waits");
        Assert.Equal("The other side is away; start it.", Output(spool, "far").Status?.Sentence);
        Assert.Equal(10UL, Output(spool, "far").Waiting);

        side.Failure = null;
        await UntilAsync(() => Output(spool, "far").Waiting == 0, "it has all");
        Assert.Equal(Enumerable.Range(1, 10).Select(i => (ulong)i), side.Got);
        Assert.Equal((OutputState.Running, ""), (pump.Status.Snapshot().State, pump.Status.Snapshot().Sentence));
        Assert.True(side.Opened >= 2 && pump.Status.Snapshot().Retries >= 1);
    }

    [Fact]
    public async Task Dispose_NothingConfirmed_CursorStaysAndTheNextStartDeliversAll()
    {
        using var folder = new TempFolder();
        await using var spool = TestSpool.Open(TestSpool.Options(folder.Path));
        var deaf = new HeldSide();
        var pump = Pump(spool, "far", () => new HeldSink(deaf));
        pump.Start();
        await SendAsync(spool, 1, 10);
        await deaf.Asked.Task.WaitAsync(Limit, TestContext.Current.CancellationToken);
        await pump.DisposeAsync().AsTask().WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Equal((0UL, 10UL), (Output(spool, "far").Stored, Output(spool, "far").Waiting));

        var side = new HeldSide();
        side.Open.SetResult();
        await using var again = Pump(spool, "far", () => new HeldSink(side));
        again.Start();
        await UntilAsync(() => Output(spool, "far").Waiting == 0, "it has all");
        Assert.Equal(Enumerable.Range(1, 10).Select(i => (ulong)i), side.Got);
    }

    internal static SpoolPump Pump(TestSpool spool, string name, Func<IOutputSink> createSink) =>
        new(new OutputStatus(name, "held", TimeProvider.System), createSink, spool.Spool, NullLogger.Instance,
            TimeProvider.System);

    internal static OutputSnapshot Output(TestSpool spool, string name) =>
        spool.Ledger.Snapshot().Outputs.Single(output => output.Name == name);

    internal static async Task SendAsync(TestSpool spool, ulong first, int count, int padding = 0)
    {
        var result = await spool.Intake.SendAsync(Producer, first, TestBatch.Of(first, count, "api", padding)).AsTask()
            .WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Equal(IntakeStatus.Durable, result.Status);
    }

    /// <summary>Polls: a cursor has no signal for a stranger.</summary>
    internal static async Task UntilAsync(Func<bool> question, string what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Limit);
        while (!question())
        {
            Assert.False(deadline.IsCancellationRequested, $"It did not come to this in time: {what}");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
