using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Transports.Windows;

namespace Culvert.Collector.Web.Access;

/// <summary>Asks Windows which process has the other end of a loopback connection, and whose that is. Any
/// thread.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class TcpTable
{
    private const int FamilyInet = 2;
    private const int FamilyInet6 = 23;

    /// <summary>TCP_TABLE_OWNER_PID_CONNECTIONS.</summary>
    private const int OwnersOfConnections = 4;

    private const int InsufficientBuffer = 122;
    private const int FirstBytes = 16 * 1024;

    /// <summary>More than a machine has: 65,536 ports of each family and address take less.</summary>
    private const uint BytesMax = 64 * 1024 * 1024;

    /// <summary>The table grows while it is asked for.</summary>
    private const int AttemptsMax = 8;

    /// <summary>The process that is bound to <paramref name="client"/> and connected to <paramref name="server"/>, and
    /// its user; unknown when it is gone or may not be looked at.</summary>
    public static Peer OwnerOf(IPEndPoint client, IPEndPoint server)
    {
        if (Find(client, server) is not { } id) return Peer.Unknown;
        using var process = PeerProcess.TryOpen((int)id);
        if (process is null) return Peer.Unknown;

        // The number may have been given to another process between the table and the handle. It cannot any more now,
        // so the connection is this process's if the table still says that number.
        return Find(client, server) == id ? process.Peer : Peer.Unknown;
    }

    private static uint? Find(IPEndPoint client, IPEndPoint server)
    {
        var family = client.AddressFamily == AddressFamily.InterNetworkV6 ? FamilyInet6 : FamilyInet;
        var size = (uint)FirstBytes;
        for (var attempt = 0; attempt < AttemptsMax && size <= BytesMax; attempt++)
        {
            var buffer = ArrayPool<byte>.Shared.Rent((int)size);
            try
            {
                size = (uint)buffer.Length;
                fixed (byte* table = buffer)
                {
                    var error = GetExtendedTcpTable(table, &size, 0, family, OwnersOfConnections, 0);
                    if (error == 0) return TcpTableLayout.Find(buffer, client, server);
                    if (error != InsufficientBuffer) return null;
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        return null;
    }

    [LibraryImport("iphlpapi.dll")]
    private static partial int GetExtendedTcpTable(
        byte* table, uint* size, int sorted, int family, int kind, uint reserved);
}
