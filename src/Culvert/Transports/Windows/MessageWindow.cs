using System.Runtime.Versioning;

namespace Culvert.Transports.Windows;

/// <summary>A hidden window of a <see cref="MessagePump"/>.</summary>
[SupportedOSPlatform("windows")]
internal sealed class MessageWindow(MessagePump pump, nint handle, WindowHandler handler)
{
    private int _closed;

    public nint Handle { get; } = handle;

    public WindowHandler Handler { get; } = handler;

    /// <summary>Opens the only window of a pump. When there is none, or it is no longer waited for, the pump's thread
    /// ends.</summary>
    public static async Task<MessageWindow> OpenOnlyAsync(
        MessagePump pump, string className, string? title, bool isTopLevel, WindowHandler handler,
        CancellationToken cancellationToken)
    {
        var opening = pump.OpenAsync(className, title, isTopLevel, handler);
        try
        {
            return await opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // This runs behind the opening, whose window nobody knows then.
            pump.Post(() =>
            {
                if (opening.IsCompletedSuccessfully) _ = opening.Result.CloseAsync();
            });
            pump.Stop();
            throw;
        }
    }

    /// <summary>Destroys the window. Any thread; idempotent.</summary>
    public Task CloseAsync() =>
        Interlocked.Exchange(ref _closed, 1) == 0 ? pump.CloseAsync(this) : Task.CompletedTask;
}

/// <summary>Handles a message on the pump's thread, and must neither wait nor run a user's code. Returns false for what
/// the system is to handle.</summary>
internal delegate bool WindowHandler(uint message, nint wParam, nint lParam, out nint answer);
