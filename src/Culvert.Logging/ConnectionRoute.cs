using Culvert.Shipping;

namespace Culvert.Logging;

/// <summary>Records wait in memory and go over a connection.</summary>
internal sealed class ConnectionRoute(LogShipperOptions options) : IRecordRoute
{
    private readonly LogShipper _shipper = LogShipper.Start(options);

    public IRecordSink Sink => _shipper.Sink;

    public byte[] Resource => _shipper.Resource;

    public LogShipperStatistics Statistics => _shipper.Statistics;

    public Task<bool> FlushAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        _shipper.FlushAsync(timeout, cancellationToken);

    public ValueTask DisposeAsync() => _shipper.DisposeAsync();

    public void Dispose() => _shipper.Dispose();
}
