using System.Runtime.InteropServices;
using Culvert.Connections;
using Culvert.Transports.Linux;
using Culvert.Transports.Links;

namespace Culvert.Transports.UnixSockets;

/// <summary>
/// A connected AF_UNIX stream. Half-close, close, abort and death are told apart by what the kernel reports of the
/// socket, by the peer's <see cref="CloseMarker"/> where there is one, and by whether its process is ending.
/// </summary>
/// <param name="socket">Connected; the link's own.</param>
/// <param name="peerProcessId">Whose end is its death.</param>
/// <param name="hasData">False where no byte matters: a peer that leaves some unread has closed all the same.</param>
internal sealed unsafe class UnixLink(SocketHandle socket, int? peerProcessId, bool hasData = true) : SocketLink(socket)
{
    private const int BytesAhead = -1;

    // Before 6.12 the kernel's out-of-band bytes on Unix sockets had faults that a peer could notice.
    private static readonly bool HasMarkers = Environment.OSVersion.Version >= new Version(6, 12);

    // Held while a marker is taken, so that nobody judges an end between its leaving the socket and its being known.
    private readonly Lock _markerGate = new();
    private volatile CloseMarker _marker;

    // Who received last, by thread number, or BytesAhead. The kernel drops a marker that a receive meets at the front
    // of the queue, so a receive must know that bytes stand before it. It looks first, which costs a call, unless an
    // event
    // told of bytes and no marker after the last receive. That is certain only of an event of the thread that
    // received last: another thread's may be older, delivered late because the thread was not running.
    private int _lastReceiver;

    protected override bool MayReceive(out int errno)
    {
        errno = 0;
        var before = Interlocked.Exchange(ref _lastReceiver, Environment.CurrentManagedThreadId);
        if (before == BytesAhead || !HasMarkers) return true;
        byte first;
        var count = Libc.Receive(Socket, &first, 1, Libc.MessagePeek | Libc.MessageDontWait);
        if (count > 0) return true;
        if (count == 0)
        {
            TakeMarker(); // The end hides one that stands before it, and none can come after it.
            return true;
        }

        errno = Marshal.GetLastPInvokeError();
        return false;
    }

    protected override void BeforeDispatch(EpollEvents events)
    {
        if ((events & EpollEvents.Priority) != 0) TakeMarker();
        else if ((events & EpollEvents.Readable) != 0)
        {
            // One step with the exchange above: a receive that began meanwhile makes this event an old one.
            Interlocked.CompareExchange(ref _lastReceiver, BytesAhead, Environment.CurrentManagedThreadId);
        }

        if ((events & EpollEvents.HangUp) != 0)
        {
            OnHangUp((events & EpollEvents.Error) != 0 ? Socket.TakeError() : 0);
        }
    }

    protected override int OnEnd()
    {
        TakeMarker();
        return _marker == CloseMarker.Aborted ? LinkResult.Broken : LinkResult.End;
    }

    protected override void BeforeEnd(CloseMarker marker)
    {
        if (!HasMarkers) return;
        if (TrySendMarker(marker) || Marshal.GetLastPInvokeError() != Errno.WouldBlock) return;

        // The peer's queue is full. The buffer was never enlarged before, so this makes room for one byte.
        var size = 0;
        uint length = sizeof(int);
        Libc.GetOption(Socket, Libc.LevelSocket, Libc.OptionSendBuffer, &size, &length);
        Socket.SetOption(Libc.LevelSocket, Libc.OptionSendBuffer, size);
        TrySendMarker(marker);
    }

    protected override void BeforeAbort()
    {
        if (!IsOutputEnded) BeforeEnd(CloseMarker.Aborted);
        Libc.Shutdown(Socket, Libc.ShutdownBoth);
    }

    protected override void OnFault(int errno)
    {
        if (errno is Errno.ConnectionReset or Errno.BrokenPipe) OnHangUp(errno);
        else Events.OnPeerGone(CloseKind.Failed, $"The connection failed: {Describe(errno)}.");
    }

    private bool TrySendMarker(CloseMarker marker)
    {
        var value = (byte)marker;
        const int Flags = Libc.MessageOutOfBand | Libc.MessageDontWait | Libc.MessageNoSignal;
        return Libc.Send(Socket, &value, 1, Flags) == 1;
    }

    /// <summary>Takes the marker if there is one, and tells of an abort, also of one that another thread has just
    /// taken: whoever goes on after this finds it told.</summary>
    private void TakeMarker()
    {
        if (!HasMarkers || IsClosed) return;
        try
        {
            lock (_markerGate)
            {
                byte value;
                const int Flags = Libc.MessageOutOfBand | Libc.MessageDontWait;
                if (Libc.Receive(Socket, &value, 1, Flags) == 1)
                {
                    ShortReadEmpties = false;
                    if (_marker == CloseMarker.None) _marker = (CloseMarker)value;
                }
            }
        }
        catch (ObjectDisposedException)
        {
            return; // This side closed meanwhile.
        }

        if (_marker == CloseMarker.Aborted) OnAborted();
    }

    private void OnAborted() => Events.OnPeerGone(CloseKind.PeerAborted, "The peer aborted the connection.");

    private void OnHangUp(int errno)
    {
        TakeMarker();
        if (_marker == CloseMarker.Aborted) return; // Told already.
        if (_marker == CloseMarker.None && ProcessState.IsEnding(peerProcessId))
        {
            Events.OnPeerGone(CloseKind.PeerDied, $"The peer's process {peerProcessId} ended without closing.");
            return;
        }

        if (errno == Errno.ConnectionReset && _marker == CloseMarker.None && hasData)
        {
            Events.OnPeerGone(CloseKind.PeerAborted, "The peer closed without reading what it was sent.");
            return;
        }

        // When this side has completed its output, the hang-up only says that both have; the reader finds the end.
        if (IsOutputEnded) return;
        if (_marker == CloseMarker.Completed && ProcessState.IsEnding(peerProcessId))
        {
            Events.OnPeerGone(CloseKind.PeerDied, $"The peer's process {peerProcessId} ended without closing.");
            return;
        }

        Events.OnPeerGone(CloseKind.PeerClosed, "The peer closed the connection.");
    }
}
