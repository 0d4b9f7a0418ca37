using Culvert.Collector.Intake;
using Culvert.Tests;

namespace Culvert.Collector.Tests.Spool;

public sealed class LogSpoolTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly ProducerId Producer = new(42, 1);

    [Fact]
    public async Task AcceptAsync_ABatch_IsReadBackAndSurvivesAReopen()
    {
        using var folder = new TempFolder();
        await using (var spool = TestSpool.Open(TestSpool.Options(folder.Path)))
        {
            var result = await Accept(spool, 1, 100);
            Assert.Equal(new IntakeResult(IntakeStatus.Durable, 100), result);
            Assert.Equal(100, spool.ReadAll().Count);
            Assert.True(spool.Ledger.Snapshot().Balanced);
        }

        await using (var again = TestSpool.Open(TestSpool.Options(folder.Path)))
        {
            Assert.Equal(100UL, again.Spool.NextPosition);
            Assert.Equal(
                Enumerable.Range(1, 100).Select(i => (ulong)i), again.ReadAll().Select(record => record.Sequence));
            Assert.Equal(100UL, again.Intake.DurableSequence(Producer));
            Assert.Equal(new IntakeResult(IntakeStatus.Durable, 120), await Accept(again, 91, 30));
            Assert.Equal(120, again.ReadAll().Count);
            var ledger = again.Ledger.Snapshot();
            Assert.Equal((130L, 10L, 120L), (ledger.Total.Received, ledger.Total.Duplicates, ledger.Total.Spooled));
            Assert.True(ledger.Balanced);
        }
    }

    private static Task<IntakeResult> Accept(TestSpool spool, ulong first, int count) =>
        spool.Intake.SendAsync(Producer, first, TestBatch.Of(first, count)).AsTask()
            .WaitAsync(Limit, TestContext.Current.CancellationToken);
}
