using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Transports.Linux;

/// <summary>Socket addresses in the kernel's form (unix(7), ip(7), ipv6(7)).</summary>
internal static unsafe class SocketName
{
    /// <summary>Room for any address that is used here.</summary>
    public const int BytesMax = 128;

    /// <summary>Longest path of a Unix socket, in UTF-8 bytes: <c>sun_path</c> is 108 with its final zero.</summary>
    public const int UnixPathBytesMax = 107;

    public static byte[] OfPath(string path)
    {
        var bytes = new byte[2 + Encoding.UTF8.GetByteCount(path) + 1];
        bytes[0] = Libc.FamilyUnix;
        Encoding.UTF8.GetBytes(path, bytes.AsSpan(2));
        return bytes;
    }

    public static byte[] Of(IPEndPoint address)
    {
        // The runtime's own form of sockaddr_in and sockaddr_in6 is the system's.
        var serialized = address.Serialize();
        return serialized.Buffer[..serialized.Size].ToArray();
    }

    public static IPEndPoint? LocalOf(SocketHandle socket)
    {
        var buffer = stackalloc byte[BytesMax];
        uint length = BytesMax;
        return Libc.GetSocketName(socket, buffer, &length) == 0 ? Read(buffer, length) : null;
    }

    public static IPEndPoint? RemoteOf(SocketHandle socket)
    {
        var buffer = stackalloc byte[BytesMax];
        uint length = BytesMax;
        return Libc.GetPeerName(socket, buffer, &length) == 0 ? Read(buffer, length) : null;
    }

    /// <summary>Where a socket is bound, as text: a path, '@' and an abstract name, or address and port.</summary>
    public static (bool IsUnix, string Text) TextOf(SocketHandle socket)
    {
        var buffer = stackalloc byte[BytesMax];
        uint length = BytesMax;
        if (Libc.GetSocketName(socket, buffer, &length) != 0 || length < sizeof(ushort)) return (true, "");
        if (*(ushort*)buffer is Libc.FamilyInet or Libc.FamilyInet6) return (false, Read(buffer, length).ToString());
        var name = new ReadOnlySpan<byte>(buffer, (int)length)[sizeof(ushort)..];
        var text = Encoding.UTF8.GetString(name).TrimEnd('\0');
        return (true, text.StartsWith('\0') ? "@" + text[1..] : text);
    }

    private static IPEndPoint Read(byte* buffer, uint length)
    {
        var family = *(ushort*)buffer == Libc.FamilyInet6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        var serialized = new SocketAddress(family, (int)length);
        new ReadOnlySpan<byte>(buffer, (int)length).CopyTo(serialized.Buffer.Span);
        var any = new IPEndPoint(family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        var address = (IPEndPoint)any.Create(serialized);
        return address.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(address.Address.MapToIPv4(), address.Port) : address;
    }
}
