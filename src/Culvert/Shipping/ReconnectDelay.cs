namespace Culvert.Shipping;

/// <summary>Doubles from try to try up to a bound, with jitter, so that programs that lost the same collector do not
/// come back at the same instant.</summary>
internal sealed class ReconnectDelay(Random random, TimeSpan shortest, TimeSpan longest)
{
    private int _tries;

    public TimeSpan Next()
    {
        var doubled = shortest * Math.Pow(2, Math.Min(_tries++, 30));
        return (doubled < longest ? doubled : longest) * (0.5 + (random.NextDouble() / 2));
    }

    /// <summary>To be called when a connection proved good: the other side acknowledged something, or welcomed
    /// us.</summary>
    public void Reset() => _tries = 0;
}
