using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Collector.Web.Access;

/// <summary>
/// The system's table of TCP connections with their processes: MIB_TCPTABLE_OWNER_PID and MIB_TCP6TABLE_OWNER_PID of
/// tcpmib.h. Numbers are in the machine's byte order, addresses and the first two bytes of ports in the network's.
/// </summary>
/// <remarks>
/// <code>
/// table  0 u32 rows, then the rows
/// IPv4   0 u32 state   4 local (4)    8 u32 local port   12 remote (4)    16 u32 remote port   20 u32 process
/// IPv6   0 local (16)  16 u32 scope  20 u32 local port   24 remote (16)   40 u32 scope  44 u32 remote port
///       48 u32 state   52 u32 process
/// </code>
/// </remarks>
internal static class TcpTableLayout
{
    public const int HeadBytes = 4;
    public const int RowBytes = 24;
    public const int Row6Bytes = 56;

    private const uint StateListen = 2;

    /// <summary>The process whose end is <paramref name="client"/>, or null when no living connection is that
    /// one.</summary>
    public static uint? Find(ReadOnlySpan<byte> table, IPEndPoint client, IPEndPoint server)
    {
        var isIpv6 = client.AddressFamily == AddressFamily.InterNetworkV6;
        var rowBytes = isIpv6 ? Row6Bytes : RowBytes;
        if (table.Length < HeadBytes) return null;
        var rows = BitConverter.ToUInt32(table);
        table = table[HeadBytes..];
        for (; rows > 0 && table.Length >= rowBytes; rows--, table = table[rowBytes..])
        {
            var row = table[..rowBytes];
            var (stateAt, localAt, remoteAt, processAt) = isIpv6 ? (48, 0, 24, 52) : (0, 4, 12, 20);
            var portAt = isIpv6 ? 20 : 4;
            if (!IsAt(row[localAt..], portAt, client) || !IsAt(row[remoteAt..], portAt, server)) continue;
            var (state, process) = (BitConverter.ToUInt32(row[stateAt..]), BitConverter.ToUInt32(row[processAt..]));
            // A connection that its process has closed belongs to process 0.
            if (state != StateListen && process != 0) return process;
        }

        return null;
    }

    private static bool IsAt(ReadOnlySpan<byte> end, int portAt, IPEndPoint endpoint)
    {
        Span<byte> address = stackalloc byte[16];
        endpoint.Address.TryWriteBytes(address, out var length);
        return end[..length].SequenceEqual(address[..length])
            && BinaryPrimitives.ReadUInt16BigEndian(end[portAt..]) == endpoint.Port;
    }
}
