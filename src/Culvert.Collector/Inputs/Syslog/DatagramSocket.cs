using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Culvert.Connections;
using static Culvert.Collector.Inputs.Syslog.DatagramLibc;

namespace Culvert.Collector.Inputs.Syslog;

/// <summary>Opens the socket of a <c>syslog+udp</c> or <c>syslog+unix</c> endpoint.</summary>
internal sealed class DatagramSocket : IDisposable
{
    private readonly string? _path;

    private DatagramSocket(Socket socket, string endpoint, string? path)
    {
        Socket = socket;
        Endpoint = endpoint;
        _path = path;
    }

    public Socket Socket { get; }

    /// <summary>With the real port.</summary>
    public string Endpoint { get; }

    public bool IsUnix => _path is not null;

    public static DatagramSocket Open(Endpoint endpoint, AccessPolicy access)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new ConnectionException(
                ConnectionError.InvalidEndpoint, $"Datagrams are received on Linux only, so {endpoint} cannot be opened here.");
        }

        try
        {
            return endpoint.Scheme == "syslog+udp" ? OpenUdp(endpoint) : OpenUnix(endpoint, access);
        }
        catch (SocketException exception)
        {
            var error = exception.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? ConnectionError.AddressInUse
                : ConnectionError.System;
            throw new ConnectionException(error, $"{endpoint} cannot be opened: {exception.Message}.", exception);
        }
    }

    /// <summary>How many datagrams the kernel dropped for want of room since the socket was opened.</summary>
    public unsafe long Drops()
    {
        var information = stackalloc uint[MemoryInfoDrops + 8];
        var length = (uint)((MemoryInfoDrops + 8) * sizeof(uint));
        var isKnown = GetOption((int)Socket.Handle, LevelSocket, OptionMemoryInfo, information, &length) == 0
            && length > MemoryInfoDrops * sizeof(uint);
        return isKnown ? information[MemoryInfoDrops] : 0;
    }

    public void Dispose()
    {
        Socket.Dispose();
        if (_path is not null) File.Delete(_path);
    }

    private static DatagramSocket OpenUdp(Endpoint endpoint)
    {
        if (!IPEndPoint.TryParse(endpoint.Address.Replace("localhost", "127.0.0.1", StringComparison.Ordinal), out var address))
        {
            throw new ConnectionException(
                ConnectionError.InvalidEndpoint, $"{endpoint} has no address and port; write syslog+udp://127.0.0.1:514.");
        }

        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        return Finish(socket, () =>
        {
            socket.Bind(address);
            return new DatagramSocket(socket, $"syslog+udp://{socket.LocalEndPoint}", path: null);
        });
    }

    [UnsupportedOSPlatform("windows")]
    private static DatagramSocket OpenUnix(Endpoint endpoint, AccessPolicy access)
    {
        var path = endpoint.Address;
        RemoveStale(path, endpoint);
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder && !Directory.Exists(folder))
        {
            Directory.CreateDirectory(
                folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        return Finish(socket, () =>
        {
            Span<byte> yes = stackalloc byte[sizeof(int)];
            MemoryMarshal.Write(yes, 1);
            socket.SetRawSocketOption(LevelSocket, OptionPassCredentials, yes);
            socket.Bind(new UnixDomainSocketEndPoint(path));
            const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            const UnixFileMode everyone = owner | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
            // Whoever slips in before this line is checked by the kernel's word on each datagram all the same.
            File.SetUnixFileMode(path, access.Kind == AccessKind.SameUser ? owner : everyone);
            return new DatagramSocket(socket, $"syslog+unix://{path}", path);
        });
    }

    private static DatagramSocket Finish(Socket socket, Func<DatagramSocket> bind)
    {
        try
        {
            WidenBuffer(socket);
            return bind();
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void WidenBuffer(Socket socket)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        MemoryMarshal.Write(bytes, InputLimits.DatagramBufferBytes);
        try
        {
            socket.SetRawSocketOption(LevelSocket, OptionReceiveBufferForce, bytes);
        }
        catch (SocketException)
        {
            // Only root may go over net.core.rmem_max; others get as much as that allows.
            socket.ReceiveBufferSize = InputLimits.DatagramBufferBytes;
        }
    }

    private static void RemoveStale(string path, Endpoint endpoint)
    {
        if (!Path.IsPathRooted(path))
            throw new ConnectionException(ConnectionError.InvalidEndpoint, $"{endpoint} names no file; write syslog+unix:///path.");
        if (!File.Exists(path)) return;
        // A file that is no socket refuses the connection like a stale socket, so it is told apart first.
        if (!IsSocket(path))
            throw InTheWay(path, "a file that is no socket is there");
        using var probe = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return;
        }

        throw InTheWay(path, "another program listens there");
    }

    private static bool IsSocket(string path)
    {
        const int noSuchDevice = 6;
        try
        {
            using var file = File.OpenRead(path);
            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A socket is what exists and cannot be opened as a file for this reason (ENXIO).
            return exception.HResult == noSuchDevice;
        }
    }

    private static ConnectionException InTheWay(string path, string why) =>
        new(ConnectionError.AddressInUse, $"The socket {path} cannot be made, since {why}; choose another path.");
}
