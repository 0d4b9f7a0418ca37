using System.Runtime.Versioning;

namespace Culvert.Transports.Windows;

/// <summary>A hidden window of a <see cref="MessagePump"/>.</summary>
[SupportedOSPlatform("windows")]
internal sealed class MessageWindow(MessagePump pump, nint handle, WindowHandler handler)
{
    private int _closed;

    public nint Handle { get; } = handle;

    public WindowHandler Handler { get; } = handler;

    /// <summary>Destroys the window. Any thread; idempotent.</summary>
    public Task CloseAsync() =>
        Interlocked.Exchange(ref _closed, 1) == 0 ? pump.CloseAsync(this) : Task.CompletedTask;
}

/// <summary>Handles a message on the pump's thread, and must neither wait nor run a user's code. Returns false for what
/// the system is to handle.</summary>
internal delegate bool WindowHandler(uint message, nint wParam, nint lParam, out nint answer);
