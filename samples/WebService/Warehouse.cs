namespace Culvert.Samples.WebService;

/// <summary>Packs the orders in the background; now and then something falls from the shelf.</summary>
internal sealed partial class Warehouse(OrderBook orders, ILogger<Warehouse> logger) : BackgroundService
{
    private int _stock = 500;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(400));
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            while (orders.TryTakeOpen(out var order)) Pack(order!);
            Looked(logger, _stock);
            if (_stock < 100) Restock();
        }
    }

    private void Pack(Order order)
    {
        using var scope = logger.BeginScope("packing order {OrderId}", order.Id);
        try
        {
            if (order.Id % 17 == 0) throw new IOException($"The scale does not answer; order {order.Id} is not weighed.");
            if (order.Count > _stock) throw new InvalidOperationException($"{order.Count} {order.Item} wanted, {_stock} there.");
            _stock -= order.Count;
            Packed(logger, order.Id, order.Count * 0.25);
        }
        catch (IOException exception)
        {
            NotPacked(logger, exception, order.Id);
        }
        catch (InvalidOperationException exception)
        {
            OutOfStock(logger, exception, order.Item);
        }
    }

    private void Restock()
    {
        _stock = 500;
        Restocked(logger, _stock);
    }

    [LoggerMessage(10, LogLevel.Debug, "Nothing more to pack; {Stock} in stock")]
    private static partial void Looked(ILogger logger, int stock);

    [LoggerMessage(11, LogLevel.Information, "Order {OrderId} packed, {Kilograms} kg")]
    private static partial void Packed(ILogger logger, int orderId, double kilograms);

    [LoggerMessage(12, LogLevel.Error, "Order {OrderId} could not be packed")]
    private static partial void NotPacked(ILogger logger, Exception exception, int orderId);

    [LoggerMessage(13, LogLevel.Critical, "Out of {Item}")]
    private static partial void OutOfStock(ILogger logger, Exception exception, string item);

    [LoggerMessage(14, LogLevel.Information, "Restocked to {Stock}")]
    private static partial void Restocked(ILogger logger, int stock);
}
