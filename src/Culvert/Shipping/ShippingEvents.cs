using System.Diagnostics.Tracing;

namespace Culvert.Shipping;

/// <summary>
/// What a shipper does, for tracing tools: the event source <c>Culvert-Shipping</c>. A shipper carries log records, so
/// it does not write any of its own: that could go round for ever.
/// </summary>
[EventSource(Name = "Culvert-Shipping")]
internal sealed class ShippingEvents : EventSource
{
    public static readonly ShippingEvents Log = new();

    [Event(1, Level = EventLevel.Informational, Message = "Connected to {0}; {1} records wait.")]
    public void Connected(string endpoint, long waiting) => WriteEvent(1, endpoint, waiting);

    [Event(2, Level = EventLevel.Warning, Message = "No collector at {0}: {1}")]
    public void Disconnected(string endpoint, string problem) => WriteEvent(2, endpoint, problem);

    [Event(3, Level = EventLevel.Error, Message = "{1} records for {0} were not delivered.")]
    public void Undelivered(string endpoint, long records) => WriteEvent(3, endpoint, records);
}
