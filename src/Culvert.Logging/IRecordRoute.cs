using Culvert.Shipping;

namespace Culvert.Logging;

/// <summary>How records reach the collector: through a journal or over a connection. Any thread.</summary>
internal interface IRecordRoute : IAsyncDisposable, IDisposable
{
    /// <summary>Where encoded records go.</summary>
    IRecordSink Sink { get; }

    /// <summary>The program's resource, encoded.</summary>
    byte[] Resource { get; }

    LogShipperStatistics Statistics { get; }

    /// <summary>Waits until everything logged before this call is durable. False when the time is over.</summary>
    Task<bool> FlushAsync(TimeSpan timeout, CancellationToken cancellationToken);
}
