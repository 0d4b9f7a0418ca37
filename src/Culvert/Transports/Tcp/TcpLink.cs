using Culvert.Connections;
using Culvert.Transports.Links;
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

    /// <summary>A reset gives its error once, and another thread may have taken it; what comes then looks like an end.
    /// While this side could still send, the connection is over after a reset alone.</summary>
    protected override int OnEnd()
    {
        if (!IsOutputEnded && !_peerEnded && IsOver())
        {
            OnFault(Errno.ConnectionReset);
            return LinkResult.Broken;
        }

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

    private unsafe bool IsOver()
    {
        byte state = 0;
        uint length = sizeof(byte);
        try
        {
            return Libc.GetOption(Socket, Libc.LevelTcp, Libc.OptionTcpInfo, &state, &length) == 0
                && state == Libc.TcpStateClosed;
        }
        catch (ObjectDisposedException)
        {
            return false; // This side closed meanwhile, and told everyone who waits.
        }
    }
}
