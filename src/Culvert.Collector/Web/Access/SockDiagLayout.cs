using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Collector.Web.Access;

/// <summary>
/// The messages of sock_diag(7) for one TCP socket, from linux/netlink.h and linux/inet_diag.h. Numbers are in the
/// machine's byte order, ports and addresses in the network's.
/// </summary>
/// <remarks>
/// <code>
/// both      0 u32 length   4 u16 type   6 u16 flags   8 u32 sequence   12 u32 port id
/// request  16 u8 family   17 u8 protocol   18 u16 zero   20 u32 states   24 socket id (48)
/// answer   16 u8 family   17 u8 state      18 u16 -      20 socket id (48)   68 u32 timer, receive and send queue
///          80 u32 uid     84 u32 inode
/// socket id 0 u16 source port   2 u16 destination port   4 source (16)   20 destination (16)
///          36 u32 interface     40 cookie (8)
/// </code>
/// </remarks>
internal static class SockDiagLayout
{
    public const int RequestBytes = 72;
    public const int AnswerBytesMin = 88;
    public const int AnswerUidAt = 80;
    public const int AnswerInodeAt = 84;

    private const int IdBytes = 48;
    private const int RequestIdAt = 24;
    private const int AnswerIdAt = 20;
    private const int IdAddressesEnd = 36;
    private const ushort SockDiagByFamily = 20;
    private const ushort NetlinkError = 2;
    private const ushort NetlinkRequest = 1;
    private const int ErrorNotFound = -2;
    private const byte StateListen = 10;

    /// <summary>Asks for the one socket whose own end is <paramref name="source"/>.</summary>
    public static void WriteRequest(Span<byte> message, IPEndPoint source, IPEndPoint destination)
    {
        message[..RequestBytes].Clear();
        BitConverter.TryWriteBytes(message, RequestBytes);
        BitConverter.TryWriteBytes(message[4..], SockDiagByFamily);
        BitConverter.TryWriteBytes(message[6..], NetlinkRequest);
        message[16] = Family(source.Address);
        message[17] = (byte)ProtocolType.Tcp;
        BitConverter.TryWriteBytes(message[20..], uint.MaxValue);
        var id = message.Slice(RequestIdAt, IdBytes);
        WriteId(id, source, destination);
        id[40..].Fill(0xFF); // no cookie
    }

    /// <summary>
    /// Reads the answer. The kernel answers with a listener of the source's port when the connection is gone, and an
    /// orphaned socket (closed by its owner, inode 0) belongs to uid 0: neither says who the peer is.
    /// </summary>
    public static SockDiagAnswer ReadAnswer(ReadOnlySpan<byte> message, IPEndPoint source, IPEndPoint destination)
    {
        if (message.Length < 20) return SockDiagAnswer.Failed;
        var type = BitConverter.ToUInt16(message[4..]);
        if (type == NetlinkError)
            return BitConverter.ToInt32(message[16..]) == ErrorNotFound
                ? SockDiagAnswer.NotFound
                : SockDiagAnswer.Failed;
        if (type != SockDiagByFamily || message.Length < AnswerBytesMin) return SockDiagAnswer.Failed;

        Span<byte> expected = stackalloc byte[IdBytes];
        expected.Clear();
        WriteId(expected, source, destination);
        var id = message.Slice(AnswerIdAt, IdBytes);
        if (message[17] == StateListen || !SameSocket(id, expected, source.Address)) return SockDiagAnswer.NotFound;
        return BitConverter.ToUInt32(message[AnswerInodeAt..]) == 0
            ? SockDiagAnswer.NotFound
            : new SockDiagAnswer(true, BitConverter.ToUInt32(message[AnswerUidAt..]));
    }

    private static bool SameSocket(ReadOnlySpan<byte> id, ReadOnlySpan<byte> expected, IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            return id[..IdAddressesEnd].SequenceEqual(expected[..IdAddressesEnd]);

        // An IPv6 socket that talks IPv4 is told with its mapped addresses, so only the last four bytes are compared
        // then.
        var at = id[4..IdAddressesEnd].SequenceEqual(expected[4..IdAddressesEnd]) ? 0 : 12;
        return id[..4].SequenceEqual(expected[..4])
            && id.Slice(4 + at, 4).SequenceEqual(expected.Slice(4, 4))
            && id.Slice(20 + at, 4).SequenceEqual(expected.Slice(20, 4));
    }

    private static void WriteId(Span<byte> id, IPEndPoint source, IPEndPoint destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(id, (ushort)source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(id[2..], (ushort)destination.Port);
        source.Address.TryWriteBytes(id[4..], out _);
        destination.Address.TryWriteBytes(id[20..], out _);
    }

    private static byte Family(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? (byte)10 : (byte)2;
}

/// <summary>What the kernel said of a socket.</summary>
/// <param name="IsAnswered">False when the kernel did not let us ask.</param>
/// <param name="UserId">Whose it is; null when there is none with an owner.</param>
internal readonly record struct SockDiagAnswer(bool IsAnswered, uint? UserId)
{
    public static SockDiagAnswer NotFound => new(true, null);

    public static SockDiagAnswer Failed => default;
}
