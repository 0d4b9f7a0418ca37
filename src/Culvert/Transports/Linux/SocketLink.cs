using System.Buffers;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Culvert.Transports.Links;

namespace Culvert.Transports.Linux;

/// <summary>A connected stream socket, watched by the <see cref="Reactor"/>. What TCP and Unix sockets do differently
/// at
/// the end of a connection is in the two derived classes.</summary>
internal abstract unsafe class SocketLink : ByteLink, IReactorTarget
{
    // Room is asked for only while a send waits for it: else every message that the peer takes would wake a thread here
    // to say that there is room, which doubled the time of a round trip.
    private const EpollEvents ReadInterest = EpollEvents.Readable | EpollEvents.PeerEnded | EpollEvents.Priority;

    private readonly Lock _closeGate = new();
    private bool _isRoomAsked;
    private bool _isRoomWanted;
    private long _token;
    private volatile bool _endSeen;
    private bool _closed;

    protected SocketLink(SocketHandle socket) => Socket = socket;

    protected SocketHandle Socket { get; }

    protected ILinkEvents Events { get; private set; } = null!;

    /// <summary>This side told the peer that no more comes.</summary>
    protected bool IsOutputEnded { get; private set; }

    protected bool IsClosed => Volatile.Read(ref _closed);

    /// <summary>A read that brought less than asked for emptied the socket. Not so once an out-of-band byte was seen,
    /// where a
    /// read stops short.</summary>
    protected bool ShortReadEmpties { get; set; } = true;

    public override void Start(ILinkEvents events)
    {
        Events = events;
        // Under the gate, since the first event may close this link before the token is stored.
        lock (_closeGate) _token = Reactor.Shared.Add(Socket, this, ReadInterest);
    }

    public override int Receive(Span<byte> destination, out bool mayHaveMore)
    {
        mayHaveMore = false;
        while (true)
        {
            nint count = -1;
            int errno;
            try
            {
                if (MayReceive(out errno)) count = ReceiveInto(destination, out errno);
            }
            catch (ObjectDisposedException)
            {
                return LinkResult.Broken;
            }

            if (count > 0)
            {
                mayHaveMore = _endSeen || !ShortReadEmpties || count == destination.Length;
                return (int)count;
            }

            if (count == 0) return OnEnd();
            if (errno == Errno.Interrupted) continue;
            if (errno == Errno.WouldBlock) return LinkResult.WouldBlock;
            OnFault(errno);
            return LinkResult.Broken;
        }
    }

    public override int Send(in ReadOnlySequence<byte> bytes)
    {
        while (true)
        {
            nint count;
            int errno;
            try
            {
                count = bytes.IsSingleSegment ? SendOne(bytes.FirstSpan) : SendMany(bytes);
                errno = count < 0 ? Marshal.GetLastPInvokeError() : 0;
            }
            catch (ObjectDisposedException)
            {
                return LinkResult.Broken;
            }

            if (count >= 0) return (int)count;
            if (errno == Errno.Interrupted) continue;
            if (errno is Errno.WouldBlock or Errno.NoBuffers)
            {
                AskForRoom();
                return LinkResult.WouldBlock;
            }

            OnFault(errno);
            return LinkResult.Broken;
        }
    }

    public override void EndOutput(bool isClosing)
    {
        IsOutputEnded = true;
        lock (_closeGate)
        {
            if (_closed) return;
            BeforeEnd(isClosing ? CloseMarker.Closed : CloseMarker.Completed);
            Libc.Shutdown(Socket, Libc.ShutdownSend);
        }
    }

    public override void Close() => CloseOnce(abort: false);

    public override void Abort() => CloseOnce(abort: true);

    public void OnEvents(EpollEvents events)
    {
        if (Events is null || IsClosed) return;
        const EpollEvents AnyEnd = EpollEvents.PeerEnded | EpollEvents.HangUp | EpollEvents.Error;
        var isEnd = (events & AnyEnd) != 0;
        if (isEnd) _endSeen = true;
        try
        {
            BeforeDispatch(events);
        }
        catch (ObjectDisposedException)
        {
            return; // This side closed meanwhile, and told everyone who waits.
        }

        var canRead = isEnd || (events & (EpollEvents.Readable | EpollEvents.Priority)) != 0;
        var canWrite = (events & (EpollEvents.Writable | EpollEvents.HangUp | EpollEvents.Error)) != 0;

        // Whoever sends hears of it after this, so one that asks for room again at this moment finds it or asks anew.
        if ((events & EpollEvents.Writable) != 0) OnRoom();
        if (canRead && canWrite) Events.OnReadableAndWritable();
        else if (canRead) Events.OnReadable();
        else if (canWrite) Events.OnWritable();
    }

    /// <summary>Looks at an event before the reader and the writer hear of it.</summary>
    protected abstract void BeforeDispatch(EpollEvents events);

    /// <summary>Before every receive: false when it must not be made now, with the error that stands for its
    /// outcome.</summary>
    protected virtual bool MayReceive(out int errno)
    {
        errno = 0;
        return true;
    }

    /// <summary>The peer's last byte was received: was that a good end?</summary>
    protected virtual int OnEnd() => LinkResult.End;

    /// <summary>Leaves word of how the output ends.</summary>
    protected virtual void BeforeEnd(CloseMarker marker)
    {
    }

    /// <summary>Makes the coming close an abort for the peer.</summary>
    protected abstract void BeforeAbort();

    /// <summary>A receive or a send failed: tells why the peer is gone.</summary>
    protected abstract void OnFault(int errno);

    protected static string Describe(int errno) => new Win32Exception(errno).Message;

    private void AskForRoom()
    {
        lock (_closeGate)
        {
            if (_closed || _token == 0) return;
            _isRoomWanted = true;
            if (_isRoomAsked) return; // The next edge comes by itself; one that came already is known to the writer.
            _isRoomAsked = true;
            Reactor.Shared.Change(Socket, _token, ReadInterest | EpollEvents.Writable);
        }
    }

    /// <summary>Goes on asking as long as somebody waited for it, so that a stream that fills the buffer time and again
    /// asks once.</summary>
    private void OnRoom()
    {
        lock (_closeGate)
        {
            var wasWanted = _isRoomWanted;
            _isRoomWanted = false;
            if (wasWanted || _closed || _token == 0 || !_isRoomAsked) return;
            _isRoomAsked = false;
            Reactor.Shared.Change(Socket, _token, ReadInterest);
        }
    }

    private nint ReceiveInto(Span<byte> destination, out int errno)
    {
        fixed (byte* buffer = destination)
        {
            var count = Libc.Receive(Socket, buffer, (nuint)destination.Length, Libc.MessageDontWait);
            errno = count < 0 ? Marshal.GetLastPInvokeError() : 0;
            return count;
        }
    }

    private nint SendOne(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* buffer = bytes)
        {
            return Libc.Send(Socket, buffer, (nuint)bytes.Length, Libc.MessageDontWait | Libc.MessageNoSignal);
        }
    }

    private nint SendMany(in ReadOnlySequence<byte> bytes)
    {
        var vectors = stackalloc Libc.IoVector[LinkLimits.VectorsMax];
        var pins = new MemoryHandle[LinkLimits.VectorsMax];
        var count = 0;
        foreach (var memory in bytes)
        {
            if (memory.IsEmpty) continue;
            pins[count] = memory.Pin();
            vectors[count] = new Libc.IoVector { Base = (byte*)pins[count].Pointer, Length = (nuint)memory.Length };
            if (++count == LinkLimits.VectorsMax) break;
        }

        var message = new Libc.MessageHeader { Vectors = vectors, VectorCount = (nuint)count };
        var sent = Libc.SendMessage(Socket, &message, Libc.MessageDontWait | Libc.MessageNoSignal);
        var errno = Marshal.GetLastPInvokeError();
        for (var i = 0; i < count; i++) pins[i].Dispose();
        Marshal.SetLastPInvokeError(errno);
        return sent;
    }

    private void CloseOnce(bool abort)
    {
        lock (_closeGate)
        {
            if (_closed) return;
            Volatile.Write(ref _closed, true);
            if (_token != 0) Reactor.Shared.Remove(Socket, _token);
            if (abort)
            {
                BeforeAbort();
            }
            else
            {
                if (!IsOutputEnded) BeforeEnd(CloseMarker.Closed);
                Libc.Shutdown(Socket, Libc.ShutdownSend);
                DiscardUnread();
            }

            Socket.Dispose();
        }
    }

    /// <summary>Closing a socket with bytes unread makes the kernel report a reset to the peer, which would look like
    /// an
    /// abort and may cost it the last bytes that were sent.</summary>
    private void DiscardUnread()
    {
        const int Size = 16 * 1024;
        var buffer = stackalloc byte[Size];
        for (var total = 0; total < LinkLimits.DiscardBytesMax;)
        {
            var count = Libc.Receive(Socket, buffer, Size, Libc.MessageDontWait);
            if (count <= 0) return;
            total += (int)count;
        }
    }
}
