using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Culvert.Connections;
using Culvert.Transports.Windows;

namespace Culvert.Desktop;

/// <summary>
/// Exchanges values of one type over a clipboard format of their own, which other formats' programs do not see.
/// </summary>
/// <remarks>
/// <para>The clipboard belongs to the person at the desktop: putting a value there throws away what was on it, every
/// program can read it, and the next copy of a text ends it. Use it for what a person copies and pastes, and a
/// connection for everything else.</para>
/// <para>Any thread; calls may overlap and are carried out one after the other.</para>
/// </remarks>
[SupportedOSPlatform("windows")]
public sealed class ClipboardExchange<T> : IAsyncDisposable
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(50);

    private readonly MessagePump _pump = new("Culvert clipboard");
    private readonly JsonTypeInfo<T> _type;
    private readonly ClipboardExchangeOptions _options;
    private readonly ClipboardFormat _format;

    // Guards what follows between the watchers, the window's thread and dispose.
    private readonly Lock _gate = new();
    private readonly List<Channel<bool>> _watchers = [];
    private Task<bool>? _listening;
    private volatile bool _isDisposed;
    private MessageWindow? _window;

    private ClipboardExchange(uint format, JsonTypeInfo<T> type, ClipboardExchangeOptions options)
    {
        _type = type;
        _options = options;
        _format = new ClipboardFormat(format, options.BytesMax);
    }

    /// <summary>Registers the format and opens the hidden window that takes part in the clipboard. Throws
    /// <see cref="ConnectionException"/> when the system gives no window.</summary>
    /// <param name="format">Name of the format, 1 to 255 characters, the same in all programs that exchange.</param>
    /// <param name="type">How the value is written as JSON.</param>
    /// <param name="options">Limits.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async ValueTask<ClipboardExchange<T>> OpenAsync(
        string format, JsonTypeInfo<T> type, ClipboardExchangeOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        DesktopOnly.Check("The clipboard");
        ArgumentException.ThrowIfNullOrEmpty(format);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(format.Length, DesktopLimits.NameLengthMax, nameof(format));
        options ??= new();
        options.Check();
        var number = User32.RegisterClipboardFormat(format);
        if (number == 0) throw NoClipboard($"it has no room for the format '{format}'");
        var exchange = new ClipboardExchange<T>(number, type, options);
        try
        {
            exchange._window = await MessageWindow.OpenOnlyAsync(
                exchange._pump, "Culvert.Clipboard", null, isTopLevel: false, exchange.OnMessage, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Win32Exception e)
        {
            throw NoClipboard(e.Message);
        }

        return exchange;
    }

    /// <summary>Puts a value on the clipboard in place of all that is there, and returns the sequence number it got.
    /// Throws <see cref="ArgumentException"/> for one that is too long, and <see cref="ConnectionException"/> Busy when
    /// another program holds the clipboard open beyond the timeout.</summary>
    public async ValueTask<uint> SetAsync(T value, CancellationToken cancellationToken = default)
    {
        var bytes = ValueText.Write(value, _type, _options.BytesMax);
        return await WithClipboardAsync(() => _format.Put(bytes), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The value that is on the clipboard now, or null when it holds none of this format. Throws
    /// <see cref="ConnectionException"/>: Busy; ProtocolViolation for a value that is too long or none of this type;
    /// TimedOut when its owner does not hand it out.</summary>
    public async ValueTask<ClipboardItem<T>?> GetAsync(CancellationToken cancellationToken = default)
    {
        var taken = await WithClipboardAsync(_format.Take, cancellationToken).ConfigureAwait(false);
        if (taken is not { } content) return null;
        using var owner = PeerProcess.TryOpen(content.OwnerProcess);
        var value = ValueText.Read(content.Bytes, _type, _options.BytesMax);
        return new ClipboardItem<T>(value, owner?.Peer, content.Sequence);
    }

    /// <summary>The value that is there, and each one that comes, until cancelled. One that is replaced before it was
    /// read is passed over. Throws as <see cref="GetAsync"/> does.</summary>
    public async IAsyncEnumerable<ClipboardItem<T>> WatchAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var changes = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        changes.Writer.TryWrite(true);
        try
        {
            await ListenAsync(changes).ConfigureAwait(false);
            uint? last = null;
            while (await changes.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                changes.Reader.TryRead(out _); // Before the look: a change during it is another one.
                if (_isDisposed) yield break;
                var item = await GetAsync(cancellationToken).ConfigureAwait(false);
                if (item is null || item.Sequence == last) continue;
                last = item.Sequence;
                yield return item;
            }
        }
        finally
        {
            lock (_gate) _watchers.Remove(changes);
        }
    }

    /// <summary>Closes the window and ends its thread; a value that was put stays on the clipboard.
    /// Idempotent.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isDisposed = true;
            foreach (var watcher in _watchers) watcher.Writer.TryComplete();
        }

        await _window!.CloseAsync().ConfigureAwait(false);
        _pump.Stop();
    }

    private static ConnectionException NoClipboard(string why) => new(
        ConnectionError.System, $"There is no clipboard for this process: {why}; it needs a desktop.");

    private async Task ListenAsync(Channel<bool> changes)
    {
        Task<bool> listening;
        var handle = _window!.Handle;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _watchers.Add(changes);

            // Once for all watchers there will be: the system refuses a window that listens already.
            listening = _listening ??= _pump.RunAsync(() => User32.AddClipboardFormatListener(handle));
        }

        if (await listening.ConfigureAwait(false)) return;
        lock (_gate) _listening = null;
        throw NoClipboard("the system tells it of no changes");
    }

    private bool OnMessage(uint message, nint wParam, nint lParam, out nint answer)
    {
        answer = 0;
        if (message != User32.MessageClipboardUpdate) return false;
        lock (_gate)
        {
            foreach (var watcher in _watchers) watcher.Writer.TryWrite(true);
        }

        return true;
    }

    /// <summary>Does something while this process has the clipboard open, on the window's thread.</summary>
    private async Task<TResult> WithClipboardAsync<TResult>(Func<TResult> work, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_options.Timeout);
        var isOpen = true;
        try
        {
            for (var pause = PauseMin; ; pause = pause * 2 < PauseMax ? pause * 2 : PauseMax)
            {
                var (opened, result) = await _pump.RunAsync(() => TryOnce(work))
                    .WaitAsync(deadline.Token).ConfigureAwait(false);
                if (opened) return result!;
                isOpen = false;
                await Task.Delay(pause, deadline.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw isOpen
                ? new ConnectionException(
                    ConnectionError.TimedOut, "The clipboard's owner does not hand its content out; end that program.")
                : new ConnectionException(
                    ConnectionError.Busy, "Another program holds the clipboard open; try again later.");
        }
    }

    private (bool Opened, TResult? Result) TryOnce<TResult>(Func<TResult> work)
    {
        if (!User32.OpenClipboard(_window!.Handle)) return (false, default);
        try
        {
            return (true, work());
        }
        finally
        {
            User32.CloseClipboard();
        }
    }
}
