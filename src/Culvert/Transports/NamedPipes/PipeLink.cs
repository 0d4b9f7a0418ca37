using System.Buffers;
using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Transports.Links;
using Culvert.Transports.Windows;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Transports.NamedPipes;

/// <summary>
/// One end of a named pipe on Windows. A read is always under way while nothing waits to be received, so the end is
/// told without being asked for. A pipe knows no half-close: on a pipe of message type, which a pipe of Culvert is, a
/// message of no bytes says that no more comes, and a second one that the sender closes in good order. .NET's own
/// streams take the first for the end, too, and never send one. In message mode all messages are the user's, and an end
/// is one of both directions.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class PipeLink : ByteLink, IMessageLink
{
    private readonly SafePipeHandle _pipe;
    private readonly PeerProcess? _process;
    private readonly bool _isServer;
    private readonly bool _hasMarkers;
    private readonly IoOperation _read;
    private readonly IoOperation _write;

    // Guards what follows between the reader, the writer, the completions and whoever closes; also that no call is made
    // on a closed handle. Never held while a user's code runs.
    private readonly Lock _gate = new();
    private readonly Queue<PipeRead> _received = new();
    private readonly Queue<long> _messages = new();
    private long _messageBytes;
    private Action? _emptyReceived;
    private int _receivedStart;
    private byte[]? _input;
    private int _readBytes = PipeLimits.ReadBytesMin;
    private bool _inputEnded;
    private int _markersReceived;
    private int _markersSent;
    private byte[]? _output;
    private bool _isWriting;
    private int _unconfirmed;
    private int _confirmed;
    private bool _outputEnded;
    private bool _closed;
    private PeerEnd? _peerEnd;
    private volatile ILinkEvents? _events;

    /// <param name="pipe">Connected and added to the completion port; the link's own from here on.</param>
    /// <param name="process">The peer's, where it could be opened; the link's own too.</param>
    /// <param name="isServer">Whether this end was accepted.</param>
    /// <param name="hasMarkers">Whether messages of no bytes are this side's own: the pipe is of message type, and its
    /// messages mean nothing else.</param>
    /// <param name="hasMessages">Whether messages are the user's.</param>
    public PipeLink(SafePipeHandle pipe, PeerProcess? process, bool isServer, bool hasMarkers, bool hasMessages)
    {
        (_pipe, _process, _isServer, _hasMarkers) = (pipe, process, isServer, hasMarkers);
        HasMessages = hasMessages;
        _read = new IoOperation(OnRead);
        _write = new IoOperation(OnWritten);
    }

    public bool HasMessages { get; }

    /// <summary>Called once, when the instance is the system's again.</summary>
    public Action? HandleClosed { get; init; }

    public override void Start(ILinkEvents events)
    {
        _events = events;
        lock (_gate) Read();
        events.OnReadable();
    }

    public override int Receive(Span<byte> destination, out bool mayHaveMore)
    {
        PeerEnd? end;
        Action? emptyReceived;
        var count = LinkResult.WouldBlock;
        lock (_gate)
        {
            mayHaveMore = false;
            if (_closed) return LinkResult.Broken;
            emptyReceived = TakeEmpties();
            if (_received.TryPeek(out var head)) count = Take(head, destination, out mayHaveMore);
            else if (_inputEnded) count = LinkResult.End;
            end = _peerEnd;
        }

        emptyReceived?.Invoke();
        if (count != LinkResult.End) return count;

        if (end is null) return LinkResult.End;

        // The event may still be on its way; the reader must not take an abort for a good end.
        _events?.OnPeerGone(end.Kind, end.Message);
        return end.Kind is CloseKind.PeerAborted or CloseKind.Failed ? LinkResult.Broken : LinkResult.End;
    }

    public override int Send(in ReadOnlySequence<byte> bytes)
    {
        PeerEnd? end;
        lock (_gate)
        {
            if (_closed) return LinkResult.Broken;
            end = _peerEnd;
            if (end is null)
            {
                if (_isWriting) return LinkResult.WouldBlock;
                if (_confirmed == 0) return Write(bytes, out end);

                // They were handed to the system before, and it has taken them only now.
                var count = _confirmed;
                _confirmed = 0;
                return count;
            }
        }

        _events?.OnPeerGone(end.Kind, end.Message);
        return LinkResult.Broken;
    }

    public override void EndOutput(bool isClosing)
    {
        lock (_gate)
        {
            _outputEnded = true;
            if (!isClosing) Mark(1);
        }
    }

    public override void Close()
    {
        lock (_gate)
        {
            // What the system has taken stays readable there after the handle is closed.
            Mark(2);
            CloseHandle();
        }
    }

    public override void Abort()
    {
        lock (_gate)
        {
            if (_closed) return;
            Kernel32.CancelIoEx(_pipe, null);

            // Tells the client an abort from a close, and takes from it what it has not read.
            if (_isServer) Kernel32.DisconnectNamedPipe(_pipe);
            CloseHandle();
        }
    }

    public void KeepMessages(Action emptyReceived)
    {
        lock (_gate) _emptyReceived = emptyReceived;
    }

    public bool TryTakeMessage(out long bytes)
    {
        lock (_gate) return _messages.TryDequeue(out bytes);
    }

    public bool TryTakeEmpty()
    {
        lock (_gate) return _messages.TryPeek(out var bytes) && bytes == 0 && _messages.TryDequeue(out _);
    }

    public bool SendEmpty()
    {
        lock (_gate)
        {
            if (_closed || _peerEnd is not null) return false;
            WriteNothing();
        }

        return true;
    }

    private void CloseHandle()
    {
        if (_closed) return;
        _closed = true;
        _pipe.Dispose();
        HandleClosed?.Invoke();
        _process?.Dispose();
        while (_received.TryDequeue(out var unread)) ArrayPool<byte>.Shared.Return(unread.Array);
    }

    private int Take(in PipeRead head, Span<byte> destination, out bool mayHaveMore)
    {
        var count = Math.Min(head.Count - _receivedStart, destination.Length);
        head.Array.AsSpan(_receivedStart, count).CopyTo(destination);
        _receivedStart += count;
        _messageBytes += count;
        if (_receivedStart == head.Count)
        {
            _received.Dequeue();
            _receivedStart = 0;
            ArrayPool<byte>.Shared.Return(head.Array);
            if (head.IsMessageWhole) EndMessage();
            if (!_inputEnded) Read();
        }

        mayHaveMore = _received.Count > 0 || _inputEnded; // The end was told before: nothing tells of it again.
        return count;
    }

    /// <summary>Under the gate: takes the messages without bytes that come next, of which the one who is returned must
    /// hear.</summary>
    private Action? TakeEmpties()
    {
        Action? toTell = null;
        while (_received.TryPeek(out var head) && head.Count == 0)
        {
            _received.Dequeue();
            EndMessage();
            toTell = _emptyReceived;
            if (!_inputEnded) Read();
        }

        return toTell;
    }

    private void EndMessage()
    {
        if (_emptyReceived is not null) _messages.Enqueue(_messageBytes);
        _messageBytes = 0;
    }

    /// <summary>Under the gate: sends messages of no bytes until there were so many.</summary>
    private void Mark(int count)
    {
        if (!_hasMarkers || _closed || _peerEnd is not null) return;
        for (; _markersSent < count; _markersSent++)
        {
            WriteNothing();
        }
    }

    private void WriteNothing()
    {
        var operation = new IoOperation(static (_, _) => { });
        byte none;
        if (!Kernel32.WriteFile(_pipe, &none, 0, null, operation.Begin(null))
            && Marshal.GetLastPInvokeError() != Win32Error.IoPending) operation.Cancel();
    }

    /// <summary>Under the gate: begins to read, unless that is under way or much is unread. One read goes ahead of the
    /// reader, so that the end is told to one who does not read.</summary>
    private void Read()
    {
        if (_closed || _input is not null || _received.Count >= PipeLimits.ReadsUnreadMax) return;
        _input = ArrayPool<byte>.Shared.Rent(_readBytes);
        fixed (byte* buffer = _input)
        {
            var started = Kernel32.ReadFile(_pipe, buffer, (uint)_input.Length, null, _read.Begin(_input));
            var error = started ? 0 : Marshal.GetLastPInvokeError();
            if (error is 0 or Win32Error.IoPending or Win32Error.MoreData) return;
            _read.Cancel();
            ReturnInput();
            _inputEnded = true;
            End(error);
        }
    }

    /// <summary>On a thread of the completion port.</summary>
    private void OnRead(int error, int bytes)
    {
        PeerEnd? end;
        lock (_gate)
        {
            if (!_closed && !_inputEnded && bytes > 0) KeepInput(bytes, isMessageWhole: error == 0);
            else ReturnInput();
            if (_closed) return;
            if (error is not (0 or Win32Error.MoreData))
            {
                _inputEnded = true;
                End(error);
            }
            else
            {
                if (bytes == 0 && _hasMarkers) TakeMarker();
                else if (bytes == 0 && HasMessages) _received.Enqueue(new PipeRead([], 0, true));
                Read();
            }

            end = _peerEnd;
        }

        if (end is not null) _events?.OnPeerGone(end.Kind, end.Message);
        _events?.OnReadable();
    }

    private void KeepInput(int bytes, bool isMessageWhole)
    {
        if (bytes == _input!.Length) _readBytes = Math.Min(bytes * 4, PipeLimits.ReadBytesMax);
        _received.Enqueue(new PipeRead(_input, bytes, isMessageWhole));
        _input = null;
    }

    private void TakeMarker()
    {
        _inputEnded = true;
        if (++_markersReceived == 2) EndByPeer(CloseKind.PeerClosed, "The peer closed the connection.");
    }

    private int Write(in ReadOnlySequence<byte> bytes, out PeerEnd? end)
    {
        end = null;
        var countMax = HasMessages ? LinkLimits.MessageBytesMax : PipeLimits.WriteBytesMax;
        var count = (int)Math.Min(bytes.Length, countMax);
        _output = ArrayPool<byte>.Shared.Rent(count);
        bytes.Slice(0, count).CopyTo(_output);
        _isWriting = true;
        fixed (byte* buffer = _output)
        {
            if (Kernel32.WriteFile(_pipe, buffer, (uint)count, null, _write.Begin(_output))) return count;
        }

        var error = Marshal.GetLastPInvokeError();
        if (error == Win32Error.IoPending)
        {
            // Only what the system has taken counts as sent: what still waits would be lost by a close.
            _unconfirmed = count;
            return LinkResult.WouldBlock;
        }

        _write.Cancel();
        _isWriting = false;
        ReturnOutput();
        End(error);
        end = _peerEnd;
        return LinkResult.WouldBlock;
    }

    /// <summary>On a thread of the completion port.</summary>
    private void OnWritten(int error, int bytes)
    {
        PeerEnd? end;
        lock (_gate)
        {
            _isWriting = false;
            ReturnOutput();
            if (error == 0) _confirmed = _unconfirmed;
            else if (!_closed) End(error);
            _unconfirmed = 0;
            if (_closed) return;
            end = _peerEnd;
        }

        if (end is not null) _events?.OnPeerGone(end.Kind, end.Message);
        _events?.OnWritable();
    }

    /// <summary>Under the gate: what the system's error says of the peer.</summary>
    private void End(int error)
    {
        switch (error)
        {
            case Win32Error.PipeNotConnected when !_isServer:
                EndByPeer(CloseKind.PeerAborted, "The peer aborted the connection.");
                break;
            case Win32Error.BrokenPipe or Win32Error.NoData or Win32Error.PipeNotConnected:
                if (_markersReceived < 2 && _process is { HasExited: true })
                    EndByPeer(CloseKind.PeerDied, $"The peer's process {_process.Id} ended without closing.");
                else
                    EndByPeer(CloseKind.PeerClosed, "The peer closed the connection.");
                break;
            default:
                EndByPeer(CloseKind.Failed, $"The pipe failed: {new Win32Exception(error).Message}");
                break;
        }
    }

    private void EndByPeer(CloseKind kind, string message)
    {
        // One that closes after this side has completed its output is a good end of both.
        if (kind == CloseKind.PeerClosed && _outputEnded) return;
        _peerEnd ??= new PeerEnd(kind, message);
    }

    private void ReturnInput()
    {
        if (_input is not null) ArrayPool<byte>.Shared.Return(_input);
        _input = null;
    }

    private void ReturnOutput()
    {
        if (_output is not null) ArrayPool<byte>.Shared.Return(_output);
        _output = null;
    }

    private sealed record PeerEnd(CloseKind Kind, string Message);
}
