using Culvert.Connections;
using Culvert.Transports.Linux;
using Culvert.Transports.Links;
using Culvert.Transports.UnixSockets;

namespace Culvert.Transports.SharedMemory;

/// <summary>
/// The set-up on Linux: over a Unix socket, which says who the other is, the listener passes the descriptor of a
/// section (<see cref="SectionMessage"/>). The socket stays as the control connection.
/// </summary>
internal static class SharedMemorySocket
{
    /// <summary>Listens at a path; what accepts must not wait for somebody to ask, since a client waits for its
    /// section (<see cref="QueuedListener"/>).</summary>
    public static async ValueTask<Listener> BindAsync(
        string path, Endpoint endpoint, ListenerOptions options, CancellationToken cancellationToken)
    {
        var (socket, claimed, access) = await UnixSocketTransport
            .ListenAsync(path, endpoint, options, cancellationToken).ConfigureAwait(false);
        return new SharedMemoryListener(socket, claimed, access, endpoint, options);
    }

    public static async ValueTask<Connection> ConnectAsync(string path, DialAttempt attempt)
    {
        var (control, section, peer) = await DialAsync(path, attempt).ConfigureAwait(false);
        var link = new SharedMemoryLink(control, section, isListener: false, attempt.Endpoint);
        return new LinkConnection(link, attempt.Endpoint, peer).Start();
    }

    /// <summary>Connects to a listener's socket and takes the section that it shares.</summary>
    public static async ValueTask<(ByteLink Control, SharedSection Section, Peer Peer)> DialAsync(
        string path, DialAttempt attempt)
    {
        var (socket, peer) = await UnixSocketTransport.DialAsync(path, attempt).ConfigureAwait(false);
        try
        {
            var section = await ReceiveAsync(socket, attempt).ConfigureAwait(false);
            return (new UnixLink(socket, peer.ProcessId, hasData: false), section, peer);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<SharedSection> ReceiveAsync(SocketHandle socket, DialAttempt attempt)
    {
        using var readiness = new Readiness(socket, EpollEvents.Readable | EpollEvents.PeerEnded);
        while (true)
        {
            var ready = readiness.Next;
            var errno = SectionMessage.Receive(socket, out var descriptor);
            if (errno == 0)
            {
                using (descriptor)
                {
                    return LinuxSection.TryOpen(descriptor!) ?? throw new ConnectionException(
                        ConnectionError.ProtocolViolation,
                        $"What the listener at {attempt.Endpoint} shared is no section of this version; "
                        + "see that both sides use the same version of Culvert.");
                }
            }

            if (errno == Errno.Interrupted) continue;
            if (errno != Errno.WouldBlock)
            {
                throw new ConnectionException(
                    ConnectionError.NotAllowed,
                    $"The listener at {attempt.Endpoint} shared no memory with this user; "
                    + "let it admit the user by its access option.");
            }

            await ready.WaitAsync(attempt.CancellationToken).ConfigureAwait(false);
        }
    }
}
