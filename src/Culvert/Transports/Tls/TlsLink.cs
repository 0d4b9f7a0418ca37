using System.Buffers;
using System.Net.Security;
using System.Security.Cryptography;
using Culvert.Connections;
using Culvert.Transports.Links;

namespace Culvert.Transports.Tls;

/// <summary>
/// TLS over any connection, as a link: what waits in <see cref="SslStream"/> is told as an event. An orderly end is
/// close_notify (RFC 8446, 6.1), each direction on its own; bytes that end without it may be cut off, and count as an
/// abort.
/// </summary>
internal sealed class TlsLink : ByteLink
{
    private readonly Connection _inner;
    private readonly SslStream _tls;
    private readonly TlsWire _wire;
    private readonly string _peer;
    private readonly Action _onReadable;

    // Guards the fields below between the sender, the end of its pending write, and close.
    private readonly Lock _gate = new();
    private ILinkEvents _events = null!;
    private ValueTask<int> _wait;
    private volatile bool _isWaiting;
    private bool _hasWaited;
    private Task? _sending;
    private Task? _ending;
    private Task _freeing = Task.CompletedTask;
    private bool _isSending;
    private bool _isClosed;
    private volatile bool _peerEnded;
    private volatile bool _hasReceived;

    /// <param name="inner">The connection below, this one's from now on.</param>
    /// <param name="tls">Its handshake is over.</param>
    /// <param name="wire">What lies between the two.</param>
    /// <param name="peer">The peer, as a sentence names it.</param>
    public TlsLink(Connection inner, SslStream tls, TlsWire wire, string peer)
    {
        (_inner, _tls, _wire, _peer) = (inner, tls, wire, peer);
        _onReadable = OnReadable;
    }

    public override Task CloseFinished
    {
        get
        {
            lock (_gate) return _freeing;
        }
    }

    public override void Start(ILinkEvents events)
    {
        _events = events;
        _ = WatchAsync();
    }

    public override int Receive(Span<byte> destination, out bool mayHaveMore)
    {
        mayHaveMore = false;
        if (_isWaiting) return LinkResult.WouldBlock;
        try
        {
            // A read into no room comes back when plain bytes are there, or the end; the next one need not wait then.
            if (!_hasWaited) _wait = _tls.ReadAsync(Memory<byte>.Empty);
            if (!_hasWaited && !_wait.IsCompleted)
            {
                _isWaiting = true;
                _wait.GetAwaiter().UnsafeOnCompleted(_onReadable);
                return LinkResult.WouldBlock;
            }

            _hasWaited = false;
            _wait.GetAwaiter().GetResult();
            var count = _tls.Read(destination);
            mayHaveMore = count > 0;
            if (count > 0)
            {
                _hasReceived = true;
                return count;
            }
        }
        catch (Exception e) when (IsFault(e))
        {
            OnFault(e);
            return LinkResult.Broken;
        }

        return OnEnd();
    }

    public override int Send(in ReadOnlySequence<byte> bytes)
    {
        var total = 0;
        foreach (var memory in bytes)
        {
            for (var rest = memory; !rest.IsEmpty;)
            {
                var record = rest[..Math.Min(rest.Length, TlsLimits.RecordBytesMax)];
                var count = SendRecord(record);
                if (count <= 0) return total > 0 ? total : count;
                total += count;
                rest = rest[count..];
            }
        }

        return total;
    }

    public override void EndOutput(bool isClosing) => End();

    public override void Close()
    {
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            _freeing = CloseAsync();
        }
    }

    public override void Abort()
    {
        // Also while a close is under way, which waits for the peer.
        _inner.Abort("The connection over it was aborted.");
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            _freeing = FreeAsync();
        }
    }

    private static bool IsFault(Exception e) =>
        e is IOException or ObjectDisposedException or InvalidOperationException or CryptographicException;

    /// <summary>One record is encrypted whole before it waits, so its bytes are the caller's again at once.</summary>
    private int SendRecord(ReadOnlyMemory<byte> record)
    {
        try
        {
            lock (_gate)
            {
                if (_isSending) return LinkResult.WouldBlock;
                if (_isClosed) return LinkResult.Broken;
            }

            var write = _tls.WriteAsync(record);
            if (write.IsCompleted)
            {
                write.GetAwaiter().GetResult();
                return record.Length;
            }

            lock (_gate)
            {
                _isSending = true;
                _sending = FinishAsync(write);
            }

            return record.Length;
        }
        catch (Exception e) when (IsFault(e))
        {
            OnFault(e);
            return LinkResult.Broken;
        }
    }

    private async Task FinishAsync(ValueTask write)
    {
        // What follows must not run under the lock of the one who began it.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await write.ConfigureAwait(false);
        }
        catch (Exception e) when (IsFault(e))
        {
            OnFault(e);
        }

        lock (_gate) _isSending = false;
        _events.OnWritable();
    }

    private void OnReadable()
    {
        _hasWaited = true;
        _isWaiting = false;
        _events.OnReadable();
    }

    private int OnEnd()
    {
        if (_wire.HasEnded)
        {
            OnCutOff();
            return LinkResult.Broken;
        }

        _peerEnded = true;
        return LinkResult.End;
    }

    private void OnFault(Exception failure)
    {
        if (_inner.Closed.IsCompletedSuccessfully && _inner.Closed.Result.Kind != CloseKind.Completed)
        {
            OnInnerClosed(_inner.Closed.Result);
        }
        else if (_wire.HasEnded)
        {
            OnCutOff();
        }
        else if (TlsErrors.Alert(failure, _peer) is { } alert)
        {
            _events.OnPeerGone(CloseKind.PeerAborted, alert);
        }
        else
        {
            _events.OnPeerGone(CloseKind.Failed, $"{_peer} broke TLS: {TlsErrors.Words(failure)}.");
            _inner.Abort("The peer broke TLS.");
        }
    }

    private async Task WatchAsync() => OnInnerClosed(await _inner.Closed.ConfigureAwait(false));

    private void OnInnerClosed(CloseReason reason)
    {
        switch (reason.Kind)
        {
            // A reset after TLS's own good end only answers what this side still sent.
            case CloseKind.PeerClosed or CloseKind.PeerAborted when _peerEnded:
                _events.OnPeerGone(CloseKind.PeerClosed, "The peer closed the connection.");
                break;
            case CloseKind.PeerClosed:
                OnCutOff();
                break;
            case CloseKind.PeerAborted or CloseKind.PeerDied or CloseKind.Failed:
                _events.OnPeerGone(reason.Kind, reason.Message);
                break;
            default:
                // By this side, which knows; or both directions ended, of which the reader decides.
                break;
        }
    }

    /// <summary>With TLS 1.3 a server sees a client's certificate after the client's handshake is over, and .NET's
    /// cannot say on Linux that it refuses it: it just ends.</summary>
    private void OnCutOff() => _events.OnPeerGone(
        CloseKind.PeerAborted,
        _hasReceived || _tls.IsServer
            ? $"{_peer} is gone: its bytes ended without TLS's word that they are whole (close_notify)."
            : $"{_peer} ended the connection right after the handshake, as one does that wants another certificate of "
            + "this side, or any; its own log says why.");

    private Task End()
    {
        lock (_gate) return _ending ??= EndAsync(_isSending ? _sending! : Task.CompletedTask);
    }

    private async Task EndAsync(Task sent)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await sent.ConfigureAwait(false);
            await _tls.ShutdownAsync().ConfigureAwait(false);
            await _inner.Output.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (IsFault(e))
        {
            // The peer is gone, and whoever reads hears of it.
        }
    }

    private async Task CloseAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await End().WaitAsync(LinkLimits.LingerMax).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _inner.Abort("The peer did not take the last bytes in time, so this side gave up.");
        }

        await FreeAsync().ConfigureAwait(false);
    }

    private async Task FreeAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await _inner.DisposeAsync().ConfigureAwait(false);
        await _tls.DisposeAsync().ConfigureAwait(false);
    }
}
