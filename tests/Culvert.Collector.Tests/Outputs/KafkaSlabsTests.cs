using Culvert.Collector.Outputs;
using Culvert.Collector.Outputs.Kafka;

namespace Culvert.Collector.Tests.Outputs;

public sealed class KafkaSlabsTests
{
    [Fact]
    public unsafe void TryKeep_DeliveriesInAnyOrder_ValuesUnderWayStayAsTheyAre()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        using var slabs = new KafkaSlabs();
        var window = new DeliveryWindow(64 * 1024);
        var underWay = new List<(ulong Position, nint Place, int Length, byte Fill)>();
        var (next, full) = (0UL, 0);
        while (next < 20_000)
        {
            var value = new byte[random.Next(KafkaSlabs.ValueBytesMax)];
            var fill = (byte)random.Next(256);
            Array.Fill(value, fill);
            Assert.True(window.TryAdd(next));
            var place = slabs.TryKeep(value, next, window);
            if (place != null)
            {
                underWay.Add((next++, (nint)place, value.Length, fill));
                continue;
            }

            // No room: some are delivered, in any order; the last of them makes room again.
            window.Withdraw(next);
            full++;
            for (var left = underWay.Count / 2; underWay.Count > left;)
            {
                var index = random.Next(underWay.Count);
                var (position, at, length, filled) = underWay[index];
                Assert.Equal(-1, new ReadOnlySpan<byte>((void*)at, length).IndexOfAnyExcept(filled));
                window.Deliver(position);
                underWay.RemoveAt(index);
            }
        }

        Assert.True(full > 1, "It was never full.");
    }
}
