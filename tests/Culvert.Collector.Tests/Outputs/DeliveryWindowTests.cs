using Culvert.Collector.Outputs;

namespace Culvert.Collector.Tests.Outputs;

public sealed class DeliveryWindowTests
{
    [Fact]
    public void Confirmed_DeliveriesInAnyOrderWithGapsAndWithdrawals_IsTheOldestUnderWay()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var window = new DeliveryWindow(64);
            var underWay = new SortedSet<ulong>();
            var next = 0UL;
            for (var step = 0; step < 500; step++)
            {
                if (random.Next(2) == 0)
                {
                    if (random.Next(10) == 0) next += (ulong)random.Next(100);
                    var hasRoom = underWay.Count == 0 || next - underWay.Min < 64;
                    Assert.Equal(hasRoom, window.TryAdd(next));
                    if (!hasRoom) continue;
                    if (random.Next(10) == 0)
                    {
                        window.Withdraw(next);
                        continue;
                    }

                    underWay.Add(next++);
                }
                else if (underWay.Count > 0)
                {
                    var delivered = underWay.ElementAt(random.Next(underWay.Count));
                    underWay.Remove(delivered);
                    window.Deliver(delivered);
                }

                Assert.Equal(underWay.Count, window.Count);
                if (underWay.Count > 0) Assert.Equal(underWay.Min, window.Confirmed);
                else Assert.True(window.Confirmed <= next);
            }
        }
    }

    [Fact]
    public void Deliver_All_ConfirmsAll()
    {
        var window = new DeliveryWindow(4);
        for (var position = 5UL; position < 9; position++) Assert.True(window.TryAdd(position));
        Assert.False(window.TryAdd(9));
        foreach (var position in (ulong[])[8, 6, 7, 5]) window.Deliver(position);
        Assert.Equal(9UL, window.Confirmed);
    }
}
