using System.Diagnostics.Metrics;

namespace Culvert.Shipping;

/// <summary>What this process's shippers did, for any metrics collector: the meter <c>Culvert.Shipping</c>.</summary>
internal static class ShippingMetrics
{
    private static readonly string[] LevelNames = ["trace", "debug", "info", "warn", "error", "fatal"];
    private static readonly Meter Meter = new("Culvert.Shipping");
    private static readonly Counter<long> Acknowledged = Meter.CreateCounter<long>(
        "culvert.shipping.acknowledged", "{record}", "Records that the collector made durable.");

    private static readonly Counter<long> Dropped = Meter.CreateCounter<long>(
        "culvert.shipping.dropped", "{record}", "Records that the full buffer refused.");

    private static readonly Counter<long> Undelivered = Meter.CreateCounter<long>(
        "culvert.shipping.undelivered", "{record}", "Records given up at shutdown.");

    private static readonly Counter<long> Connects = Meter.CreateCounter<long>(
        "culvert.shipping.connects", "{connection}", "Sessions begun with a collector.");

    public static void CountDropped(int level) =>
        Dropped.Add(1, new KeyValuePair<string, object?>("level", LevelNames[level]));

    public static void CountAcknowledged(ulong records) => Acknowledged.Add((long)records);

    public static void CountUndelivered(ulong records) => Undelivered.Add((long)records);

    public static void CountConnect() => Connects.Add(1);
}
