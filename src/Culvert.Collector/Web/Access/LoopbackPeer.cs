using System.Net;
using Culvert.Connections;
using Culvert.Transports.Windows;

namespace Culvert.Collector.Web.Access;

/// <summary>Who is at the other end of a loopback connection, as the system's table of sockets says. Any
/// thread.</summary>
internal static class LoopbackPeer
{
    /// <summary>The owner of the socket bound to <paramref name="client"/> and connected to <paramref name="server"/>;
    /// unknown when both are not on this machine's loopback or nobody can be told.</summary>
    public static Peer Of(IPEndPoint? client, IPEndPoint? server)
    {
        if (client is null || server is null) return Peer.Unknown;
        client = Unmapped(client);
        server = Unmapped(server);
        if (!IPAddress.IsLoopback(client.Address) || !IPAddress.IsLoopback(server.Address)) return Peer.Unknown;
        if (OperatingSystem.IsWindows()) return TcpTable.OwnerOf(client, server);
        return new Peer { UserId = SocketTable.OwnerOf(client, server) };
    }

    /// <summary>Whether it is the user that this process runs as.</summary>
    public static bool IsOwnUser(Peer peer) => OperatingSystem.IsWindows()
        ? peer.UserSid is { } sid && sid == WindowsAccess.CurrentUser().Value
        : peer.UserId is { } user && user == SocketTable.OwnUserId;

    private static IPEndPoint Unmapped(IPEndPoint endpoint) => endpoint.Address.IsIPv4MappedToIPv6
        ? new IPEndPoint(endpoint.Address.MapToIPv4(), endpoint.Port)
        : endpoint;
}
