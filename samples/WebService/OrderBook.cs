using System.Collections.Concurrent;
using System.Diagnostics;

namespace Culvert.Samples.WebService;

/// <summary>Takes orders and remembers the last thousand.</summary>
internal sealed partial class OrderBook(ILogger<OrderBook> logger)
{
    private const int Kept = 1_000;

    private readonly ConcurrentDictionary<int, Order> _orders = new();
    private readonly ConcurrentQueue<Order> _open = new();
    private int _lastId;

    public Order Place(string item, int count)
    {
        var startedAt = Stopwatch.GetTimestamp();
        var order = new Order(Interlocked.Increment(ref _lastId), item, count, Price: count * 2.5m);
        using var scope = logger.BeginScope(new Dictionary<string, object> { ["order.id"] = order.Id });
        if (count > 50) LargeOrder(logger, count, item);
        _orders[order.Id] = order;
        _orders.TryRemove(order.Id - Kept, out _);
        _open.Enqueue(order);
        Placed(logger, order.Id, count, item, Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds);
        return order;
    }

    public Order? Find(int id)
    {
        if (_orders.TryGetValue(id, out var order)) return order;
        NotFound(logger, id);
        return null;
    }

    public bool TryTakeOpen(out Order? order) => _open.TryDequeue(out order);

    [LoggerMessage(1, LogLevel.Information, "Order {OrderId} of {Count} {Item} placed in {Ms} ms")]
    private static partial void Placed(ILogger logger, int orderId, int count, string item, double ms);

    [LoggerMessage(2, LogLevel.Warning, "An order of {Count} {Item} may empty the shelf")]
    private static partial void LargeOrder(ILogger logger, int count, string item);

    [LoggerMessage(3, LogLevel.Warning, "Order {OrderId} was asked for and is not known")]
    private static partial void NotFound(ILogger logger, int orderId);
}
