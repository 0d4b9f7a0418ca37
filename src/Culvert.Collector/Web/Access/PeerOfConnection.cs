using System.Net;
using Culvert.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Culvert.Collector.Web.Access;

/// <summary>Asks once for each connection who is at its other end. Requests find the answer among their features, as
/// <see cref="Peer"/>.</summary>
internal static class PeerOfConnection
{
    public static void Use(ListenOptions listen, Func<IPEndPoint?, IPEndPoint?, Peer> ownerOf) =>
        listen.Use(next => connection =>
    {
        var remote = connection.RemoteEndPoint as IPEndPoint;
        var peer = ownerOf(remote, connection.LocalEndPoint as IPEndPoint) with
        {
            RemoteAddress = remote,
            IsLocal = remote is null ? null : IsLoopback(remote.Address),
        };
        connection.Features.Set(peer);
        return next(connection);
    });

    private static bool IsLoopback(IPAddress address) =>
        IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
