using System.Runtime.InteropServices;
using Culvert.Connections;
using Culvert.Transports.Linux;
using Culvert.Transports.Links;

namespace Culvert.Transports.UnixSockets;

/// <summary>
/// A connected AF_UNIX stream. Half-close, close, abort and death are told apart by what the kernel reports of the
/// socket, by the peer's <see cref="CloseMarker"/> where there is one, and by whether its process is ending.
/// </summary>
internal sealed unsafe class UnixLink(SocketHandle socket, int? peerProcessId) : SocketLink(socket)
{
    // Before 6.12 the kernel's out-of-band bytes on Unix sockets had faults that a peer could notice.
    private static readonly bool HasMarkers = Environment.OSVersion.Version >= new Version(6, 12);

    private volatile CloseMarker _marker;

    // Set by an event that saw bytes and no marker: the next receive begins with those bytes, so it cannot pass over a
    // marker. Any other receive looks for one first, since the kernel drops a marker that a receive passes over.
    private volatile bool _bytesAhead;

    protected override void BeforeReceive()
    {
        if (_bytesAhead)
        {
            _bytesAhead = false;
            return;
        }

        TakeMarker();
    }

    protected override void BeforeDispatch(EpollEvents events)
    {
        if ((events & EpollEvents.Priority) != 0) TakeMarker();
        else if ((events & EpollEvents.Readable) != 0) _bytesAhead = true;

        if ((events & EpollEvents.HangUp) != 0)
        {
            OnHangUp((events & EpollEvents.Error) != 0 ? Socket.TakeError() : 0);
        }
    }

    protected override int OnEnd() => _marker == CloseMarker.Aborted ? LinkResult.Broken : LinkResult.End;

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
        TakeMarker();
        if (errno is Errno.ConnectionReset or Errno.BrokenPipe) OnHangUp(errno);
        else Events.OnPeerGone(CloseKind.Failed, $"The connection failed: {Describe(errno)}.");
    }

    private bool TrySendMarker(CloseMarker marker)
    {
        var value = (byte)marker;
        const int Flags = Libc.MessageOutOfBand | Libc.MessageDontWait | Libc.MessageNoSignal;
        return Libc.Send(Socket, &value, 1, Flags) == 1;
    }

    private void TakeMarker()
    {
        if (!HasMarkers || IsClosed) return;
        byte value;
        try
        {
            if (Libc.Receive(Socket, &value, 1, Libc.MessageOutOfBand | Libc.MessageDontWait) != 1) return;
        }
        catch (ObjectDisposedException)
        {
            return; // This side closed meanwhile.
        }

        ShortReadEmpties = false;
        if (_marker != CloseMarker.None) return;
        _marker = (CloseMarker)value;
        if (_marker == CloseMarker.Aborted) OnAborted();
    }

    private void OnAborted() => Events.OnPeerGone(CloseKind.PeerAborted, "The peer aborted the connection.");

    private void OnHangUp(int errno)
    {
        if (_marker == CloseMarker.Aborted) return; // Told already.
        if (_marker == CloseMarker.None && ProcessState.IsEnding(peerProcessId))
        {
            Events.OnPeerGone(CloseKind.PeerDied, $"The peer's process {peerProcessId} ended without closing.");
            return;
        }

        if (errno == Errno.ConnectionReset && _marker == CloseMarker.None)
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
