using System.Net;
using System.Net.Sockets;
using Culvert.Connections;
using Culvert.Transports.Links;

namespace Culvert.Transports.Sockets;

/// <summary>TCP where there is no epoll: on Windows .NET's own sockets wait at an I/O completion port.</summary>
internal static class AsyncSockets
{
    /// <summary>Binds and listens; the socket is the caller's.</summary>
    public static Socket Listen(IPEndPoint address, Endpoint endpoint, int backlog)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // Without it another process could bind the same port on Windows and take connections.
            if (OperatingSystem.IsWindows()) socket.ExclusiveAddressUse = true;
            socket.Bind(address);
            socket.Listen(backlog);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => new ConnectionException(
                    ConnectionError.AddressInUse,
                    $"Another process listens at {endpoint}; stop it or choose another port.", e),
                SocketError.AccessDenied => new ConnectionException(
                    ConnectionError.NotAllowed,
                    $"This user may not listen at {endpoint}, or another has it for itself; choose another port.", e),
                SocketError.AddressNotAvailable => new ConnectionException(
                    ConnectionError.InvalidEndpoint, $"The address of {endpoint} is none of this machine.", e),
                _ => new ConnectionException(
                    ConnectionError.System, $"Listening at {endpoint} failed: {e.Message}.", e),
            };
        }
    }

    /// <summary>Connects to one address.</summary>
    public static async ValueTask<Connection> DialAsync(IPEndPoint address, DialAttempt attempt)
    {
        var endpoint = attempt.Endpoint;
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (IPAddress.IsLoopback(address.Address)) DialOnce(socket);
            await socket.ConnectAsync(address, attempt.CancellationToken).ConfigureAwait(false);
            return Open(socket, endpoint);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw e.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => DialErrors.NobodyListens(endpoint, e),
                SocketError.TimedOut => DialErrors.TimedOut(endpoint),
                SocketError.AccessDenied => new ConnectionException(
                    ConnectionError.NotAllowed, $"This system does not let this user connect to {endpoint}.", e),
                _ => new ConnectionException(
                    ConnectionError.System, $"Connecting to {endpoint} failed: {e.Message}.", e),
            };
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Makes the connection of a connected socket.</summary>
    public static Connection Open(Socket socket, Endpoint endpoint)
    {
        IPEndPoint? remote = null;
        try
        {
            // Bytes are flushed when the user says so; waiting for more (Nagle) would only add to that.
            socket.NoDelay = true;
            remote = socket.RemoteEndPoint as IPEndPoint;
        }
        catch (SocketException)
        {
            // The peer is gone already. Whoever reads will hear of it, as of any other end.
        }

        bool? isLocal = remote is null ? null : IPAddress.IsLoopback(remote.Address);
        var peer = new Peer { RemoteAddress = remote, IsLocal = isLocal };
        return new LinkConnection(new AsyncSocketLink(socket), endpoint, peer).Start();
    }

    /// <summary>Windows asks a closed port of this machine again for two seconds, unless told that once is enough
    /// (SIO_TCP_INITIAL_RTO, https://learn.microsoft.com/windows/win32/api/mstcpip).</summary>
    private static void DialOnce(Socket socket)
    {
        if (!OperatingSystem.IsWindows()) return;
        const int InitialRto = unchecked((int)0x98000011);
        const byte NoRetransmissions = 0xFE;
        try
        {
            socket.IOControl(InitialRto, [0xFF, 0xFF, NoRetransmissions, 0], null);
        }
        catch (SocketException)
        {
            // A system without it is only slower to say that nobody listens.
        }
    }
}
