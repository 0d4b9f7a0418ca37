using Culvert.Collector.Consuming;
using Culvert.Collector.Intake;
using Culvert.Collector.Outputs.Kafka;

namespace Culvert.Collector.Tests.Consuming;

public sealed class ConsumedQueueTests
{
    private static readonly KafkaPartition Partition = new("logs", 3);

    private readonly ConsumedQueue _queue = new(start: 100, settlesItself: true);

    [Fact]
    public void TryRead_MoreMessagesThanAreTakenAtOnce_GivesEachEntryOnceInOrder()
    {
        var count = ConsumeLimits.ReadAtOnce * 2 + 7;
        for (var i = 0; i < count; i++) Add(offset: i, 1, 2);
        using var reader = _queue.Open();

        for (var position = 100UL; position < 100 + (ulong)count * 3; position = reader.Position)
        {
            Assert.True(reader.TryRead(out var entry));
            Assert.Equal(position, entry.Position);
        }

        Assert.False(reader.TryRead(out _));
        Assert.True(reader.IsAtEnd);
    }

    [Fact]
    public async Task WaitAsync_MessageComesAfterTheLook_CompletesAndItIsRead()
    {
        using var reader = _queue.Open();
        Assert.False(reader.TryRead(out _));
        var waiting = reader.WaitAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.False(waiting.IsCompleted);

        Add(offset: 0, 1);

        Assert.True(await waiting.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        Assert.True(reader.TryRead(out var entry));
        Assert.Equal(100UL, entry.Position);
    }

    [Fact]
    public async Task TryRead_BehindAMessageThatBecomesADeadLetter_WaitsUntilTheLetterIsSafe()
    {
        Add(offset: 0, 1);
        var letter = Letter(offset: 1);
        Add(offset: 2, 1);
        using var reader = _queue.Open();

        Assert.True(reader.TryRead(out _));
        Assert.False(reader.TryRead(out _));
        var waiting = reader.WaitAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.False(waiting.IsCompleted);
        _queue.SettleLetter(letter);

        Assert.True(await waiting.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        Assert.True(reader.TryRead(out var entry));
        Assert.Equal(101UL, entry.Position);
    }

    [Fact]
    public void Commit_AllButALetterThatIsUnderWay_LeavesItsOffsetToTheGroup()
    {
        _queue.Assign([Partition]);
        Add(offset: 5, 1);
        var letter = Letter(offset: 6);
        Add(offset: 7, 1);
        using var reader = _queue.Open();
        while (reader.TryRead(out _)) reader.Commit(reader.Position);

        Assert.Equal(new KafkaOffset(Partition, 6), Assert.Single(_queue.TakeSafe()));
        Assert.Equal(2, _queue.Waiting()[Partition]);

        _queue.SettleLetter(letter);
        while (reader.TryRead(out _)) reader.Commit(reader.Position);

        Assert.Equal(new KafkaOffset(Partition, 8), Assert.Single(_queue.TakeSafe()));
        Assert.Empty(_queue.Waiting());
    }

    [Fact]
    public async Task WaitAsync_ClosedAndAllRead_SaysThatNothingMoreComes()
    {
        Add(offset: 0, 1);
        using var reader = _queue.Open();
        _queue.Close();

        Assert.True(reader.TryRead(out _));
        Assert.False(reader.TryRead(out _));
        Assert.False(await reader.WaitAsync(TestContext.Current.CancellationToken).AsTask()
            .WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Open_AfterPartOfWhatWasReadIsConfirmed_GivesTheRestAgain()
    {
        for (var i = 0; i < 3; i++) Add(offset: i, 2);
        using (var first = _queue.Open())
        {
            while (first.TryRead(out _))
            {
            }

            first.Commit(102);
        }

        using var second = _queue.Open();
        Assert.True(second.TryRead(out var entry));
        Assert.Equal(102UL, entry.Position);
    }

    /// <summary>A message of entries with so many records each.</summary>
    private void Add(long offset, params int[] recordCounts) => _queue.Add(new ConsumedItem(
        Message(offset), [.. recordCounts.Select(Entry)]) { Assignment = 1 });

    private ConsumedItem Letter(long offset)
    {
        var letter = new ConsumedItem(Message(offset), []) { Assignment = 1, IsSettled = false };
        _queue.Add(letter);
        return letter;
    }

    private static KafkaReceived Message(long offset) => new()
    {
        Partition = Partition, Offset = offset, TimestampMs = 0, Key = null, Value = null, Headers = [],
    };

    private static ConsumedEntry Entry(int recordCount) => new()
    {
        Producer = new ProducerId(7, 1), FirstSequence = 1, RecordCount = recordCount,
        ObservedNs = 0, Origin = [], Records = [],
    };
}
