using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Culvert.Connections;
using Culvert.Transports.Linux;
using Culvert.Transports.Links;
using Culvert.Transports.Sockets;

namespace Culvert.Transports.Tcp;

/// <summary><c>tcp://host:port</c>. No encryption and no identity: for this machine, or inside something that gives
/// both.</summary>
internal sealed class TcpTransport : Transport
{
    public override string Scheme => "tcp";

    public override async ValueTask<Listener> BindAsync(
        Endpoint endpoint, ListenerOptions options, CancellationToken cancellationToken = default)
    {
        var (host, port) = Split(endpoint);
        var addresses = await ResolveAsync(host, endpoint, cancellationToken).ConfigureAwait(false);
        var address = new IPEndPoint(addresses[0], port);
        if (!OperatingSystem.IsLinux())
        {
            var listening = AsyncSockets.Listen(address, endpoint, options.Backlog);
            var local = (IPEndPoint?)listening.LocalEndPoint ?? address;
            return new AsyncSocketListener(listening, Named(endpoint, host, local.Port), options.Logger);
        }

        if (options.Inherited?.Take(InheritedSocketKind.Tcp, address.ToString()) is SocketHandle inherited)
        {
            var taken = SocketName.LocalOf(inherited) ?? address;
            return new TcpListener(inherited, Named(endpoint, taken.Address.ToString(), taken.Port), options);
        }

        var socket = SocketHandle.Create(FamilyOf(address), Libc.SocketStream);
        try
        {
            // A name in TIME_WAIT is stale, a listener is not: this option on Linux takes over the first alone.
            socket.SetOption(Libc.LevelSocket, Libc.OptionReuseAddress, 1);
            Bind(socket, address, endpoint, options.Backlog);
            var bound = SocketName.LocalOf(socket) ?? address;
            return new TcpListener(socket, Named(endpoint, host, bound.Port), options);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public override ValueTask<Connection> ConnectAsync(
        Endpoint endpoint, ConnectOptions options, CancellationToken cancellationToken = default)
    {
        var (host, port) = Split(endpoint);
        return DialAttempt.RunAsync(endpoint, options, cancellationToken, async attempt =>
        {
            var addresses = await ResolveAsync(host, endpoint, attempt.CancellationToken).ConfigureAwait(false);
            for (var i = 0; ; i++)
            {
                var address = new IPEndPoint(addresses[i], port);
                try
                {
                    if (!OperatingSystem.IsLinux())
                    {
                        return await AsyncSockets.DialAsync(address, attempt).ConfigureAwait(false);
                    }

                    var socket = await SocketDialer
                        .DialAsync(attempt, FamilyOf(address), SocketName.Of(address)).ConfigureAwait(false);
                    return Open(socket, endpoint);
                }
                catch (ConnectionException) when (i + 1 < addresses.Length)
                {
                    // The host has another address; the last one's error is what counts.
                }
            }
        });
    }

    /// <summary>Makes the connection of a connected socket.</summary>
    public static Connection Open(SocketHandle socket, Endpoint endpoint)
    {
        // Bytes are flushed when the user says so; waiting for more (Nagle) would only add to that.
        socket.SetOption(Libc.LevelTcp, Libc.OptionTcpNoDelay, 1);
        var remote = SocketName.RemoteOf(socket);
        bool? isLocal = remote is null ? null : IPAddress.IsLoopback(remote.Address);
        var peer = new Peer { RemoteAddress = remote, IsLocal = isLocal };
        return new LinkConnection(new TcpLink(socket), endpoint, peer).Start();
    }

    private static unsafe void Bind(SocketHandle socket, IPEndPoint address, Endpoint endpoint, int backlog)
    {
        var name = SocketName.Of(address);
        fixed (byte* pointer = name)
        {
            if (Libc.Bind(socket, pointer, (uint)name.Length) == 0 && Libc.Listen(socket, backlog) == 0) return;
        }

        var errno = Marshal.GetLastPInvokeError();
        throw errno switch
        {
            Errno.AddressInUse => new ConnectionException(
                ConnectionError.AddressInUse,
                $"Another process listens at {endpoint}; stop it or choose another port."),
            Errno.AccessDenied or Errno.NotPermitted => new ConnectionException(
                ConnectionError.NotAllowed, $"This user may not listen at {endpoint}; choose a port from 1024 on."),
            Errno.AddressNotAvailable => new ConnectionException(
                ConnectionError.InvalidEndpoint, $"The address of {endpoint} is none of this machine."),
            _ => SocketErrors.System(errno, $"Listening at {endpoint} failed"),
        };
    }

    private static Endpoint Named(Endpoint endpoint, string host, int port)
    {
        var shown = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        return Endpoint.Parse(string.Create(CultureInfo.InvariantCulture, $"{endpoint.Scheme}://{shown}:{port}"));
    }

    private static int FamilyOf(IPEndPoint address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? Libc.FamilyInet6 : Libc.FamilyInet;

    private static (string Host, int Port) Split(Endpoint endpoint)
    {
        var text = endpoint.Address;
        var colon = text.LastIndexOf(':');
        var host = colon > 0 ? text[..colon] : "";
        if (host.StartsWith('[') && host.EndsWith(']')) host = host[1..^1];
        else if (host.Contains(':', StringComparison.Ordinal)) host = "";
        if (host.Length > 0
            && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return (host, port);
        }

        throw new ConnectionException(
            ConnectionError.InvalidEndpoint,
            $"'{endpoint}' names no host and port; write {endpoint.Scheme}://127.0.0.1:9000 or "
            + $"{endpoint.Scheme}://[::1]:9000.");
    }

    private static async ValueTask<IPAddress[]> ResolveAsync(
        string host, Endpoint endpoint, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var address)) return [address];
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
            if (addresses.Length > 0) return addresses;
        }
        catch (SocketException e)
        {
            throw new ConnectionException(
                ConnectionError.InvalidEndpoint, $"The host of {endpoint} is not known: {e.Message}.", e);
        }

        throw new ConnectionException(ConnectionError.InvalidEndpoint, $"The host of {endpoint} has no address.");
    }
}
