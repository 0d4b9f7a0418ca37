using System.Buffers.Binary;
using System.Net;
using Culvert.Collector.Web.Access;

namespace Culvert.Collector.Tests.Web;

public sealed class TcpTableLayoutTests
{
    private const uint Established = 5;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void Find_RowOfTheClient_IsItsProcess(string address)
    {
        var (client, server) = Ends(address);
        var table = Table(
            Row(server, client, Established, 7), Row(client, server, Established, 0), Row(client, server, 2, 8),
            Row(client, server, Established, 4242));
        Assert.Equal(4242u, TcpTableLayout.Find(table, client, server));
        Assert.Equal(7u, TcpTableLayout.Find(table, server, client));
        Assert.Null(TcpTableLayout.Find(table, client, new IPEndPoint(server.Address, 1)));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void Find_InATableThatLiesAboutItsLength_NeverThrows(string address)
    {
        var (client, server) = Ends(address);
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var i = 0; i < 5_000; i++)
        {
            var bytes = new byte[random.Next(0, 200)];
            random.NextBytes(bytes);
            Assert.True(TcpTableLayout.Find(bytes, client, server) is null, $"seed {seed}");
        }
    }

    private static (IPEndPoint Client, IPEndPoint Server) Ends(string address) =>
        (new IPEndPoint(IPAddress.Parse(address), 50_001), new IPEndPoint(IPAddress.Parse(address), 7514));

    private static byte[] Table(params byte[][] rows) =>
        [.. BitConverter.GetBytes(rows.Length), .. rows.SelectMany(row => row)];

    private static byte[] Row(IPEndPoint local, IPEndPoint remote, uint state, uint process)
    {
        byte[] End(IPEndPoint end) =>
        [
            .. end.Address.GetAddressBytes(), .. end.Address.GetAddressBytes().Length == 16 ? new byte[4] : [],
            .. Port(end.Port),
        ];
        byte[] both = [.. End(local), .. End(remote)];
        return local.Address.GetAddressBytes().Length == 4
            ? [.. BitConverter.GetBytes(state), .. both, .. BitConverter.GetBytes(process)]
            : [.. both, .. BitConverter.GetBytes(state), .. BitConverter.GetBytes(process)];
    }

    private static byte[] Port(int port)
    {
        // What stands behind the first two bytes is not said to be zero.
        byte[] bytes = [0, 0, 0xAB, 0xCD];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)port);
        return bytes;
    }
}
