using System.Runtime.InteropServices;
using Culvert.Connections;
using Microsoft.Extensions.Logging;

namespace Culvert.Transports.Linux;

/// <summary>Accepts from a listening stream socket. What to admit, and which link to make, is the
/// transport's.</summary>
internal abstract class SocketListener : Listener
{
    // Out of descriptors or memory: accepting again at once would spin, since the connection stays in the queue.
    private static readonly TimeSpan ShortagePause = TimeSpan.FromMilliseconds(100);

    private readonly SocketHandle _socket;
    private readonly Readiness _readiness;
    private int _unbound;

    protected SocketListener(SocketHandle socket, Endpoint endpoint, ILogger logger)
    {
        _socket = socket;
        Endpoint = endpoint;
        Logger = logger;
        _readiness = new Readiness(socket, EpollEvents.Readable);
    }

    public override Endpoint Endpoint { get; }

    protected ILogger Logger { get; }

    public override async ValueTask<Connection?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var ready = _readiness.Next;
            if (Volatile.Read(ref _unbound) != 0) return null;
            var accepted = TryAccept(out var errno);
            if (accepted is not null)
            {
                var connection = TryAdmit(accepted);
                if (connection is not null) return connection;
                accepted.Dispose();
                continue;
            }

            if (errno == Errno.WouldBlock)
            {
                await ready.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            else if (errno is Errno.TooManyFiles or Errno.TableFull or Errno.NoBuffers or Errno.OutOfMemory)
            {
                SocketLog.AcceptShortage(Logger, Endpoint, errno);
                await Task.Delay(ShortagePause, cancellationToken).ConfigureAwait(false);
            }

            // Anything else is about that one client, which is gone (ECONNABORTED and the like).
        }
    }

    public override ValueTask UnbindAsync()
    {
        if (Interlocked.Exchange(ref _unbound, 1) != 0) return ValueTask.CompletedTask;
        BeforeClose();
        _readiness.Dispose();
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    public override ValueTask DisposeAsync() => UnbindAsync();

    /// <summary>Makes the connection, or returns null when this client is not admitted.</summary>
    protected abstract Connection? Admit(SocketHandle accepted);

    /// <summary>Gives the name back, while the socket still listens.</summary>
    protected virtual void BeforeClose()
    {
    }

    private Connection? TryAdmit(SocketHandle accepted)
    {
        try
        {
            return Admit(accepted);
        }
        catch (Exception e) when (e is ConnectionException or ObjectDisposedException)
        {
            // This client's trouble; the others go on.
            SocketLog.AdmitFailed(Logger, Endpoint, e);
            return null;
        }
    }

    private unsafe SocketHandle? TryAccept(out int errno)
    {
        errno = 0;
        try
        {
            var descriptor = Libc.Accept(_socket, null, null, Libc.SocketNonBlocking | Libc.SocketCloseOnExec);
            if (descriptor >= 0) return new SocketHandle(descriptor);
            errno = Marshal.GetLastPInvokeError();
        }
        catch (ObjectDisposedException)
        {
            // Unbound meanwhile; the loop sees it.
        }

        return null;
    }
}
