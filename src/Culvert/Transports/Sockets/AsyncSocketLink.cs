using System.Buffers;
using System.Net.Sockets;
using Culvert.Connections;
using Culvert.Transports.Links;

namespace Culvert.Transports.Sockets;

/// <summary>
/// A connected TCP socket where there is no epoll: calls that do not wait, and one overlapped receive or send to hear
/// when the next call may succeed. As everywhere with TCP, an abort is a reset, and a dead process is one that closed.
/// </summary>
internal sealed class AsyncSocketLink : ByteLink
{
    // Guards the fields below between the callers and the completions, which come on any thread. Never held while an
    // event is told.
    private readonly Lock _gate = new();
    private readonly Socket _socket;
    private readonly SocketAsyncEventArgs _receive = new();
    private readonly SocketAsyncEventArgs _send = new();
    private ILinkEvents? _events;
    private byte[] _received = [];
    private int _receivedStart;
    private int _receivedEnd;
    private byte[] _sending = [];
    private Timer? _linger;
    private bool _isReceiving;
    private bool _isSending;
    private bool _peerEnded;
    private bool _isBroken;
    private bool _endAsked;
    private bool _closeAsked;
    private bool _closed;

    public AsyncSocketLink(Socket socket)
    {
        _socket = socket;
        _socket.Blocking = false;
        _receive.Completed += (_, _) => OnReceived(tell: true);
        _send.Completed += (_, _) => OnSent();
    }

    public override void Start(ILinkEvents events)
    {
        lock (_gate)
        {
            _events = events;
            if (!Listen()) return;
        }

        // It completed at once, and nobody has been told.
        OnReceived(tell: true);
    }

    public override int Receive(Span<byte> destination, out bool mayHaveMore)
    {
        mayHaveMore = false;
        SocketError error;
        lock (_gate)
        {
            if (_closed || _isBroken) return LinkResult.Broken;
            if (_receivedEnd > _receivedStart) return TakeReceived(destination, out mayHaveMore);
            if (_isReceiving) return LinkResult.WouldBlock;
            if (_peerEnded) return LinkResult.End;
            var count = _socket.Receive(destination, SocketFlags.None, out error);
            if (error == SocketError.Success)
            {
                mayHaveMore = count > 0;
                _peerEnded = count == 0;
                return count;
            }

            if (error == SocketError.WouldBlock && !Listen()) return LinkResult.WouldBlock;
        }

        if (error != SocketError.WouldBlock)
        {
            OnFault(error);
            return LinkResult.Broken;
        }

        // The overlapped receive found bytes, the end or a fault that came in between.
        OnReceived(tell: false);
        return Receive(destination, out mayHaveMore);
    }

    public override int Send(in ReadOnlySequence<byte> bytes)
    {
        var span = bytes.FirstSpan;
        if (span.IsEmpty) span = bytes.ToArray();
        SocketError error;
        lock (_gate)
        {
            if (_closed || _closeAsked || _isBroken) return LinkResult.Broken;
            if (_isSending) return LinkResult.WouldBlock;
            var count = _socket.Send(span, SocketFlags.None, out error);
            if (error == SocketError.Success) return count;
            if (error is SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable) return SendLater(span);
        }

        OnFault(error);
        return LinkResult.Broken;
    }

    public override void EndOutput(bool isClosing)
    {
        lock (_gate)
        {
            _endAsked = true;
            if (!_closed && !_isSending) Shutdown();
        }
    }

    public override void Close()
    {
        lock (_gate)
        {
            if (_closed || _closeAsked) return;
            _closeAsked = true;
            if (!_isSending)
            {
                CloseNow();
                return;
            }

            // What is in flight may stay there for ever when the peer does not read.
            _linger = new Timer(
                static link => ((AsyncSocketLink)link!).Abort(), this, LinkLimits.LingerMax, Timeout.InfiniteTimeSpan);
        }
    }

    public override void Abort()
    {
        lock (_gate)
        {
            if (_closed) return;
            Free(abort: true);
        }
    }

    /// <summary>Asks to hear of bytes; true when the answer is there already. Under the gate.</summary>
    private bool Listen()
    {
        if (_closed || _closeAsked || _isReceiving) return false;
        _received = ArrayPool<byte>.Shared.Rent(LinkLimits.ReceiveBytesMin);
        _receivedStart = _receivedEnd = 0;
        _receive.SetBuffer(_received);
        _isReceiving = true;
        return !_socket.ReceiveAsync(_receive);
    }

    private int TakeReceived(Span<byte> destination, out bool mayHaveMore)
    {
        var count = Math.Min(destination.Length, _receivedEnd - _receivedStart);
        _received.AsSpan(_receivedStart, count).CopyTo(destination);
        _receivedStart += count;
        mayHaveMore = true;
        if (_receivedStart == _receivedEnd) ReturnReceived();
        return count;
    }

    private void OnReceived(bool tell)
    {
        SocketError error;
        lock (_gate)
        {
            _isReceiving = false;
            error = _receive.SocketError;
            if (_closed) ReturnReceived();
            if (_closed) return;
            if (error == SocketError.Success)
            {
                _receivedEnd = _receive.BytesTransferred;
                _peerEnded = _receivedEnd == 0;
            }

            if (error != SocketError.Success || _peerEnded) ReturnReceived();
        }

        if (error != SocketError.Success) OnFault(error);
        if (tell) _events?.OnReadable();
    }

    /// <summary>Keeps some bytes and sends them when there is room, which tells of it. Under the gate.</summary>
    private int SendLater(ReadOnlySpan<byte> bytes)
    {
        var count = Math.Min(bytes.Length, LinkLimits.WriteBytesMin);
        _sending = ArrayPool<byte>.Shared.Rent(count);
        bytes[..count].CopyTo(_sending);
        _send.SetBuffer(_sending, 0, count);
        _isSending = true;
        if (!_socket.SendAsync(_send)) ThreadPool.UnsafeQueueUserWorkItem(_ => OnSent(), null);
        return count;
    }

    private void OnSent()
    {
        SocketError error;
        lock (_gate)
        {
            error = _send.SocketError;
            if (!_closed && error == SocketError.Success && _send.BytesTransferred < _send.Count)
            {
                _send.SetBuffer(_send.Offset + _send.BytesTransferred, _send.Count - _send.BytesTransferred);
                if (_socket.SendAsync(_send)) return;
                ThreadPool.UnsafeQueueUserWorkItem(_ => OnSent(), null);
                return;
            }

            _isSending = false;
            ArrayPool<byte>.Shared.Return(_sending);
            _sending = [];
            if (_closed) return;
            if (_closeAsked) CloseNow();
            else if (_endAsked) Shutdown();
        }

        if (error != SocketError.Success) OnFault(error);
        _events?.OnWritable();
    }

    private void OnFault(SocketError error)
    {
        bool peerEnded;
        lock (_gate)
        {
            if (_closed || _isBroken) return;
            _isBroken = true;
            peerEnded = _peerEnded;
        }

        var isReset = error is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown
            or SocketError.NotConnected or SocketError.OperationAborted;
        if (!isReset) _events?.OnPeerGone(CloseKind.Failed, $"The connection failed: {error}.");

        // After a good end of its output the reset only answers what this side still sent.
        else if (peerEnded) _events?.OnPeerGone(CloseKind.PeerClosed, "The peer closed the connection.");
        else _events?.OnPeerGone(CloseKind.PeerAborted, "The peer reset the connection.");
    }

    private void Shutdown()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The connection is gone already.
        }
    }

    /// <summary>Closing with bytes unread would be a reset, which looks like an abort and may cost the peer the last
    /// bytes that were sent. Under the gate.</summary>
    private void CloseNow()
    {
        Shutdown();
        Span<byte> buffer = stackalloc byte[16 * 1024];
        for (var total = 0; total < LinkLimits.DiscardBytesMax && !_isReceiving;)
        {
            var count = _socket.Receive(buffer, SocketFlags.None, out var error);
            if (count <= 0 || error != SocketError.Success) break;
            total += count;
        }

        Free(abort: false);
    }

    private void Free(bool abort)
    {
        _closed = true;
        _linger?.Dispose();
        if (!_isReceiving) ReturnReceived();

        // With no time to close in, .NET makes the end a reset; else it shuts down in good order first.
        if (abort) _socket.Close(timeout: 0);
        else _socket.Dispose();
        _receive.Dispose();
        _send.Dispose();
    }

    private void ReturnReceived()
    {
        if (_received.Length > 0) ArrayPool<byte>.Shared.Return(_received);
        _received = [];
        _receivedStart = _receivedEnd = 0;
    }
}
