using System.ComponentModel;
using System.Runtime.Versioning;
using System.Threading.Channels;
using Culvert.Connections;
using Culvert.Transports.Windows;

namespace Culvert.Desktop;

/// <summary>
/// A hidden top-level window that takes WM_COPYDATA from programs that know nothing of Culvert: FindWindow finds it by
/// class and title, SendMessage sends to it.
/// </summary>
/// <remarks>
/// <para>The window has a thread of its own, on which no code of the program runs: it copies a message, queues it and
/// answers. Messages are read on any thread, one reader at a time.</para>
/// <para>Who sends is claimed, not proved. Every program of this desktop with the same rights can send. It needs a
/// desktop: a service's window is found by no program of a user.</para>
/// </remarks>
[SupportedOSPlatform("windows")]
public sealed class CopyDataWindow : IAsyncDisposable
{
    private readonly CopyDataWindowOptions _options;
    private readonly MessagePump _pump = new("Culvert copydata window");
    private readonly Channel<CopyDataReceived> _queue;
    private MessageWindow? _window;

    private CopyDataWindow(CopyDataWindowOptions options)
    {
        _options = options;
        _queue = Channel.CreateBounded<CopyDataReceived>(options.QueueLength);
    }

    /// <summary>The window, as FindWindow returns it.</summary>
    public nint Handle => _window!.Handle;

    /// <summary>Opens the window. Throws <see cref="ConnectionException"/> when the system gives none, as it does
    /// without a desktop, and <see cref="PlatformNotSupportedException"/> elsewhere than on Windows.</summary>
    public static async ValueTask<CopyDataWindow> OpenAsync(
        CopyDataWindowOptions? options = null, CancellationToken cancellationToken = default)
    {
        DesktopOnly.Check("WM_COPYDATA");
        options ??= new();
        options.Check();
        var window = new CopyDataWindow(options);
        try
        {
            window._window = await MessageWindow.OpenOnlyAsync(
                window._pump, options.ClassName, options.Title, isTopLevel: true, window.OnMessage, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Win32Exception e)
        {
            throw new ConnectionException(
                ConnectionError.System,
                $"The system gave no window of the class '{options.ClassName}': {e.Message}; this needs a desktop.", e);
        }

        if (options.AdmitsLowerIntegrity)
        {
            _ = User32.ChangeWindowMessageFilterEx(window.Handle, User32.MessageCopyData, User32.FilterAllow, 0);
        }

        return window;
    }

    /// <summary>The next message, or null after the window was closed. Cancellation loses no message.</summary>
    public async ValueTask<CopyDataReceived?> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        while (await _queue.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!_queue.Reader.TryRead(out var received)) continue;
            received.ClaimedSender = Describe(received.ClaimedWindow);
            return received;
        }

        return null;
    }

    /// <summary>Closes the window and ends its thread. Messages that were taken can still be read.
    /// Idempotent.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_queue.Writer.TryComplete()) return;
        await _window!.CloseAsync().ConfigureAwait(false);
        _pump.Stop();
    }

    private static ClaimedSender Describe(nint window)
    {
        var processId = window == 0 ? 0 : User32.ProcessOf(window);
        if (processId == 0) return new ClaimedSender(window, null, null, null);
        using var process = PeerProcess.TryOpen(processId);
        return new ClaimedSender(window, processId, process?.Peer.UserName, process?.Peer.ExecutablePath);
    }

    private unsafe bool OnMessage(uint message, nint wParam, nint lParam, out nint answer)
    {
        answer = 0;
        if (message != User32.MessageCopyData) return false;
        var data = (User32.CopyData*)lParam;
        if (data is null || data->Length > _options.BytesMax || (data->Bytes is null && data->Length > 0)) return true;
        var bytes = new ReadOnlySpan<byte>(data->Bytes, (int)data->Length).ToArray();
        var received = new CopyDataReceived(data->Tag, bytes, wParam, _options.AnswerTimeout > TimeSpan.Zero);
        if (_queue.Writer.TryWrite(received))
        {
            answer = received.WaitForAnswer(_options.AnswerTimeout, _options.Answer);
        }

        return true;
    }
}
