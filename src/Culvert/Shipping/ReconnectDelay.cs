namespace Culvert.Shipping;

/// <summary>Doubles from try to try up to a bound, with jitter, so that programs that lost the same collector do not
/// come back at the same instant.</summary>
internal sealed class ReconnectDelay(Random random)
{
    private TimeSpan _next = ShippingLimits.ReconnectDelayMin;

    public TimeSpan Next()
    {
        var delay = _next * (0.5 + (random.NextDouble() / 2));
        _next = _next * 2 < ShippingLimits.ReconnectDelayMax ? _next * 2 : ShippingLimits.ReconnectDelayMax;
        return delay;
    }

    /// <summary>To be called when a connection proved good: the collector acknowledged something, or welcomed
    /// us.</summary>
    public void Reset() => _next = ShippingLimits.ReconnectDelayMin;
}
