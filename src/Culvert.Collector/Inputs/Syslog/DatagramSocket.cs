using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Culvert.Connections;
using Culvert.Transports.Linux;
using Culvert.Transports.UnixSockets;
using static Culvert.Collector.Inputs.Syslog.DatagramLibc;

namespace Culvert.Collector.Inputs.Syslog;

/// <summary>The socket of a <c>syslog+udp</c> or <c>syslog+unix</c> endpoint, for
/// <see cref="DatagramBurst"/>.</summary>
internal sealed class DatagramSocket : IDisposable
{
    private readonly UnixSocketPath? _path;
    private readonly IDisposable _owner;

    private DatagramSocket(IDisposable owner, SafeHandle handle, string endpoint, bool isUnix, UnixSocketPath? path)
    {
        // A Socket that nobody refers to closes its handle when it is collected.
        _owner = owner;
        Handle = handle;
        Endpoint = endpoint;
        IsUnix = isUnix;
        _path = path;
    }

    public SafeHandle Handle { get; }

    /// <summary>With the real port.</summary>
    public string Endpoint { get; }

    public bool IsUnix { get; }

    public static async ValueTask<DatagramSocket> OpenAsync(
        Endpoint endpoint, AccessPolicy access, IInheritedSockets? inherited, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new ConnectionException(
                ConnectionError.InvalidEndpoint,
                $"Datagrams are received on Linux only, so {endpoint} cannot be opened here.");
        }

        return endpoint.Scheme == "syslog+udp"
            ? OpenUdp(endpoint, inherited)
            : await OpenUnixAsync(endpoint, access, inherited, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How many datagrams the kernel dropped for want of room since the socket was opened, modulo
    /// 2^32.</summary>
    public unsafe uint Drops()
    {
        var information = stackalloc uint[MemoryInfoDrops + 8];
        var length = (uint)((MemoryInfoDrops + 8) * sizeof(uint));
        var isKnown = GetOption(Handle, Libc.LevelSocket, OptionMemoryInfo, information, &length) == 0
            && length > MemoryInfoDrops * sizeof(uint);
        return isKnown ? information[MemoryInfoDrops] : 0;
    }

    public void Dispose()
    {
        _path?.Release();
        _owner.Dispose();
    }

    private static DatagramSocket OpenUdp(Endpoint endpoint, IInheritedSockets? inherited)
    {
        if (!IPEndPoint.TryParse(
            endpoint.Address.Replace("localhost", "127.0.0.1", StringComparison.Ordinal), out var address))
        {
            throw new ConnectionException(
                ConnectionError.InvalidEndpoint,
                $"{endpoint} has no address and port; write syslog+udp://127.0.0.1:514.");
        }

        if (inherited?.Take(InheritedSocketKind.Udp, address.ToString()) is SocketHandle taken)
        {
            WidenBuffer(taken);
            var actual = SocketName.LocalOf(taken) ?? address;
            return new DatagramSocket(taken, taken, $"syslog+udp://{actual}", isUnix: false, path: null);
        }

        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(address);
            WidenBuffer(socket.SafeHandle);
            return new DatagramSocket(
                socket, socket.SafeHandle, $"syslog+udp://{socket.LocalEndPoint}", isUnix: false, path: null);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            var isTaken = exception.SocketErrorCode == SocketError.AddressAlreadyInUse;
            throw new ConnectionException(
                isTaken ? ConnectionError.AddressInUse : ConnectionError.System,
                $"{endpoint} cannot be opened: {exception.Message}; choose another port, or let the system with port "
                + "0.",
                exception);
        }
    }

    private static async ValueTask<DatagramSocket> OpenUnixAsync(
        Endpoint endpoint, AccessPolicy access, IInheritedSockets? inherited, CancellationToken cancellationToken)
    {
        UnixSocketPath.Check(endpoint.Address, endpoint);
        if (inherited?.Take(InheritedSocketKind.UnixDatagram, endpoint.Address) is SocketHandle taken)
        {
            WidenBuffer(taken);
            var actual = $"{endpoint.Scheme}://{SocketName.TextOf(taken).Text}";
            return new DatagramSocket(taken, taken, actual, isUnix: true, path: null);
        }

        var socket = SocketHandle.Create(Libc.FamilyUnix, Libc.SocketDatagram);
        try
        {
            // Before the path is there, so that the first datagram has its credentials too.
            socket.SetOption(Libc.LevelSocket, Libc.OptionPassCredentials, 1);
            WidenBuffer(socket);
            var options = new ListenerOptions { Access = access };
            var path = await UnixSocketPath
                .ClaimAsync(socket, Libc.SocketDatagram, endpoint.Address, endpoint, options, cancellationToken)
                .ConfigureAwait(false);
            return new DatagramSocket(socket, socket, endpoint.ToString(), isUnix: true, path);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static unsafe void WidenBuffer(SafeHandle socket)
    {
        var bytes = InputLimits.DatagramBufferBytes;
        // Only root may go over net.core.rmem_max; others get as much as that allows.
        if (SetOption(socket, Libc.LevelSocket, OptionReceiveBufferForce, &bytes, sizeof(int)) != 0)
            _ = SetOption(socket, Libc.LevelSocket, Libc.OptionReceiveBuffer, &bytes, sizeof(int));
    }
}
