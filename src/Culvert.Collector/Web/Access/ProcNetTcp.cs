using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Collector.Web.Access;

/// <summary>The same question asked of /proc/net/tcp and tcp6 (proc(5)), where netlink is not permitted, such as under
/// a strict seccomp filter. Slower: the kernel prints every connection.</summary>
internal static class ProcNetTcp
{
    private const int ColumnLocal = 1;
    private const int ColumnRemote = 2;
    private const int ColumnState = 3;
    private const int ColumnUid = 7;
    private const int ColumnInode = 9;
    private const string StateListen = "0A";

    public static uint? OwnerOf(IPEndPoint client, IPEndPoint server)
    {
        // An IPv6 socket that talks IPv4 stands in tcp6, with mapped addresses.
        return client.AddressFamily == AddressFamily.InterNetwork
            ? Find("/proc/net/tcp", client, server) ?? Find("/proc/net/tcp6", Mapped(client), Mapped(server))
            : Find("/proc/net/tcp6", client, server);
    }

    internal static uint? Find(IEnumerable<string> lines, IPEndPoint client, IPEndPoint server)
    {
        var (local, remote) = (Format(client), Format(server));
        foreach (var line in lines)
        {
            var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (columns.Length <= ColumnInode || columns[ColumnLocal] != local || columns[ColumnRemote] != remote)
                continue;
            if (columns[ColumnState] == StateListen || columns[ColumnInode] == "0") continue;
            return uint.TryParse(columns[ColumnUid], CultureInfo.InvariantCulture, out var uid) ? uid : null;
        }

        return null;
    }

    /// <summary>Address and port as the kernel prints them: 32-bit words in the machine's order, in
    /// hexadecimal.</summary>
    internal static string Format(IPEndPoint endpoint)
    {
        Span<byte> address = stackalloc byte[16];
        endpoint.Address.TryWriteBytes(address, out var length);
        var text = new System.Text.StringBuilder(40);
        for (var at = 0; at < length; at += 4)
            text.Append(CultureInfo.InvariantCulture, $"{BitConverter.ToUInt32(address[at..]):X8}");
        return text.Append(CultureInfo.InvariantCulture, $":{endpoint.Port:X4}").ToString();
    }

    private static uint? Find(string file, IPEndPoint client, IPEndPoint server)
    {
        try
        {
            return Find(File.ReadLines(file), client, server);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IPEndPoint Mapped(IPEndPoint endpoint) => new(endpoint.Address.MapToIPv6(), endpoint.Port);
}
