using Culvert.Connections;
using Culvert.Transports.Linux;

namespace Culvert.Transports.Tcp;

/// <summary>A TCP connection. An abort is a reset; a close cannot be told from a half-close until something is sent,
/// and a dead process cannot be told from a close at all: its kernel says the same.</summary>
internal sealed class TcpLink(SocketHandle socket) : SocketLink(socket)
{
    private volatile bool _peerEnded;

    protected override void BeforeDispatch(EpollEvents events)
    {
        if ((events & EpollEvents.Error) != 0)
        {
            var errno = Socket.TakeError();
            if (errno != 0) OnFault(errno);
        }

        // A reset also ends the peer's side, but hangs up with it, and another thread may have taken its error already.
        const EpollEvents Reset = EpollEvents.HangUp | EpollEvents.Error;
        if ((events & EpollEvents.PeerEnded) != 0 && (events & Reset) == 0) _peerEnded = true;
    }

    /// <summary>A reset gives an error before it gives an end, so an end that was received is a good one.</summary>
    protected override int OnEnd()
    {
        _peerEnded = true;
        return base.OnEnd();
    }

    protected override unsafe void BeforeAbort()
    {
        var linger = new Libc.Linger { OnOff = 1, Seconds = 0 };
        Libc.SetOption(Socket, Libc.LevelSocket, Libc.OptionLinger, &linger, (uint)sizeof(Libc.Linger));
    }

    protected override void OnFault(int errno)
    {
        if (errno is Errno.ConnectionReset or Errno.BrokenPipe)
        {
            // After a good end of its output the reset only answers what this side still sent.
            if (_peerEnded) Events.OnPeerGone(CloseKind.PeerClosed, "The peer closed the connection.");
            else Events.OnPeerGone(CloseKind.PeerAborted, "The peer reset the connection.");
            return;
        }

        Events.OnPeerGone(CloseKind.Failed, $"The connection failed: {Describe(errno)}.");
    }
}
