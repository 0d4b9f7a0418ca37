namespace Culvert.Desktop;

/// <summary>How one WM_COPYDATA message is sent.</summary>
public sealed class CopyDataSendOptions
{
    /// <summary>How long to wait for the window's answer. Default 5 s, more than zero, at most 1 min.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The window of this program that is named as the sender, such as a <see cref="CopyDataWindow.Handle"/>.
    /// Default 0: none. Some programs answer to it.</summary>
    public nint SenderWindow { get; init; }

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Timeout, DesktopLimits.SendTimeoutMax);
    }
}
