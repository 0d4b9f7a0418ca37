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
/// told without being asked for. How it ends is told by <see cref="PipeMarks"/> on a pipe of message type, which a pipe
/// of Culvert is; .NET's own streams take the first mark for the end, and never send one. In message mode all messages
/// are the user's, and an end is one of both directions.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class PipeLink : ByteLink, IMessageLink
{
    private readonly SafePipeHandle _pipe;
    private readonly PeerProcess? _process;
    private readonly bool _isServer;
    private readonly PipeMarks? _marks;
    private readonly IoOperation _read;
    private readonly IoOperation _write;
    private readonly PipeBell _bell;

    // Guards what follows between the reader, the writer, the completions and whoever closes; also that no call is made
    // on a closed handle. Never held while a user's code runs.
    private readonly Lock _gate = new();
    private readonly PipeInput _input = new();
    private byte[]? _readBuffer;
    private int _readBytes = PipeLimits.ReadBytesMin;
    private bool _inputEnded;
    private bool _isReadToEnd;
    private bool _outputBroken;
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
    /// <param name="hasMarks">Whether messages of no bytes are this side's own: the pipe is of message type, and its
    /// messages mean nothing else.</param>
    /// <param name="hasMessages">Whether messages are the user's.</param>
    public PipeLink(SafePipeHandle pipe, PeerProcess? process, bool isServer, bool hasMarks, bool hasMessages)
    {
        (_pipe, _process, _isServer) = (pipe, process, isServer);
        _marks = hasMarks ? new PipeMarks() : null;
        HasMessages = hasMessages;
        _read = new IoOperation(OnRead);
        _write = new IoOperation(OnWritten);
        _bell = new PipeBell(pipe, _gate);
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
            emptyReceived = _input.TakeEmpties();
            if (!_input.IsEmpty) count = _input.Take(destination);
            Read();
            if (count > 0) mayHaveMore = !_input.IsEmpty || _inputEnded; // An end told before is not told again.
            else if (_inputEnded && _input.IsEmpty) count = LinkResult.End;
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
                if (_isWriting || _outputBroken) return LinkResult.WouldBlock;
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

    public override void Ring()
    {
        lock (_gate)
        {
            if (!_closed && _peerEnd is null) _bell.Ring();
        }
    }

    public override void EndOutput(bool isClosing)
    {
        lock (_gate)
        {
            _outputEnded = true;
            if (!isClosing) Mark(PipeMarks.Ended);
        }
    }

    public override void Close()
    {
        lock (_gate)
        {
            // What the system has taken stays readable there after the handle is closed.
            Mark(PipeMarks.Closed);
            CloseHandle();
        }
    }

    public override void Abort()
    {
        lock (_gate)
        {
            if (_closed) return;
            Kernel32.CancelIoEx(_pipe, null);

            // Tells the client an abort from a close, and takes from it what it has not read. A client has marks alone.
            if (_isServer) Kernel32.DisconnectNamedPipe(_pipe);
            else Mark(PipeMarks.Aborted);
            CloseHandle();
        }
    }

    public void KeepMessages(Action emptyReceived)
    {
        lock (_gate) _input.KeepMessages(emptyReceived);
    }

    public bool TryTakeMessage(out long bytes)
    {
        lock (_gate) return _input.TryTakeMessage(out bytes);
    }

    public bool TryTakeEmpty()
    {
        lock (_gate) return _input.TryTakeEmpty();
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
        _input.Clear();
    }

    /// <summary>Under the gate: sends messages of no bytes until there were so many.</summary>
    private void Mark(int count)
    {
        if (_marks is null || _closed || _peerEnd is not null) return;
        for (var more = _marks.SendUntil(count); more > 0; more--) WriteNothing();
    }

    private void WriteNothing()
    {
        var operation = new IoOperation(static (_, _) => { });
        byte none;
        if (!Kernel32.WriteFile(_pipe, &none, 0, null, operation.Begin(null))
            && Marshal.GetLastPInvokeError() != Win32Error.IoPending) operation.Cancel();
    }

    /// <summary>Under the gate: begins to read, unless that is under way, much is unread or all was read. One read goes
    /// ahead of the reader, so that the end is told to one who does not read.</summary>
    private void Read()
    {
        if (_closed || _readBuffer is not null || _isReadToEnd || (!_input.HasRoom && !_outputBroken)) return;
        _readBuffer = ArrayPool<byte>.Shared.Rent(_readBytes);
        fixed (byte* buffer = _readBuffer)
        {
            var started = Kernel32.ReadFile(_pipe, buffer, (uint)_readBuffer.Length, null, _read.Begin(_readBuffer));
            var error = started ? 0 : Marshal.GetLastPInvokeError();
            if (error is 0 or Win32Error.IoPending or Win32Error.MoreData) return;
            _read.Cancel();
            ReturnReadBuffer();
            EndRead(error);
        }
    }

    /// <summary>On a thread of the completion port.</summary>
    private void OnRead(int error, int bytes)
    {
        PeerEnd? end;
        lock (_gate)
        {
            if (!_closed && !_inputEnded && bytes > 0) KeepRead(bytes, isMessageWhole: error == 0);
            else ReturnReadBuffer();
            if (_closed) return;
            if (error is not (0 or Win32Error.MoreData))
            {
                EndRead(error);
            }
            else
            {
                if (bytes == 0 && _marks is not null) TakeMark(_marks);
                else if (bytes == 0 && HasMessages) _input.Add(new PipeRead([], 0, true));
                Read();
            }

            end = _peerEnd;
        }

        if (end is not null) _events?.OnPeerGone(end.Kind, end.Message);
        _events?.OnReadable();
    }

    private void KeepRead(int bytes, bool isMessageWhole)
    {
        if (bytes == _readBuffer!.Length) _readBytes = Math.Min(bytes * 4, PipeLimits.ReadBytesMax);
        else if (bytes < _readBytes / 8) _readBytes = Math.Max(_readBytes / 4, PipeLimits.ReadBytesMin);
        _input.Add(new PipeRead(_readBuffer, bytes, isMessageWhole));
        _readBuffer = null;
    }

    private void TakeMark(PipeMarks marks)
    {
        marks.Receive();
        if (marks.HasEnded) _inputEnded = true;
        if (marks.HasClosed) EndByPeer(CloseKind.PeerClosed);
    }

    /// <summary>Under the gate: nothing can be read any more.</summary>
    private void EndRead(int error)
    {
        _inputEnded = _isReadToEnd = true;
        End(error);
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
        EndWrite(error);
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
            else if (!_closed) EndWrite(error);
            _unconfirmed = 0;
            if (_closed) return;
            end = _peerEnd;
        }

        if (end is not null) _events?.OnPeerGone(end.Kind, end.Message);
        _events?.OnWritable();
    }

    /// <summary>Under the gate: nothing can be written any more. Why is said by what lies unread: all of it is read
    /// now, which is no more than the pipe's buffer, since the other end is closed.</summary>
    private void EndWrite(int error)
    {
        _outputBroken = true;
        if (IsBroken(error)) Read();
        else End(error);
    }

    /// <summary>Under the gate: what the system's error says of the peer.</summary>
    private void End(int error)
    {
        if (!IsBroken(error))
        {
            _peerEnd ??= new PeerEnd(CloseKind.Failed, $"The pipe failed: {new Win32Exception(error).Message}");
            return;
        }

        var hasExited = _process is { HasExited: true };
        if (error == Win32Error.PipeNotConnected && !_isServer) EndByPeer(CloseKind.PeerAborted);
        else if (_marks is not null) EndByPeer(_marks.OnBroken(hasExited));
        else EndByPeer(hasExited ? CloseKind.PeerDied : CloseKind.PeerClosed);
    }

    private static bool IsBroken(int error) =>
        error is Win32Error.BrokenPipe or Win32Error.NoData or Win32Error.PipeNotConnected;

    private void EndByPeer(CloseKind kind)
    {
        // One that closes after this side has completed its output is a good end of both.
        if (kind == CloseKind.PeerClosed && _outputEnded) return;
        _peerEnd ??= new PeerEnd(kind, kind switch
        {
            CloseKind.PeerAborted => "The peer aborted the connection.",
            CloseKind.PeerDied => $"The peer's process {_process?.Id} ended without closing.",
            _ => "The peer closed the connection.",
        });
    }

    private void ReturnReadBuffer()
    {
        if (_readBuffer is not null) ArrayPool<byte>.Shared.Return(_readBuffer);
        _readBuffer = null;
    }

    private void ReturnOutput()
    {
        if (_output is not null) ArrayPool<byte>.Shared.Return(_output);
        _output = null;
    }

    private sealed record PeerEnd(CloseKind Kind, string Message);
}
