namespace Culvert.Desktop;

/// <summary>The limits of a <see cref="ClipboardExchange{T}"/>.</summary>
public sealed class ClipboardExchangeOptions
{
    /// <summary>Longest value, as JSON in UTF-8, in bytes; a longer one is neither put nor taken. Default 1 MiB, range
    /// 1 to 64 MiB.</summary>
    public int BytesMax { get; init; } = DesktopLimits.BytesDefault;

    /// <summary>How long to wait for another program that holds the clipboard open. Default 1 s, more than zero, at
    /// most 1 min.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(BytesMax, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(BytesMax, DesktopLimits.BytesMax);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Timeout, DesktopLimits.SendTimeoutMax);
    }
}
