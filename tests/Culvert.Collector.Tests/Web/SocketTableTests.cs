using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Culvert.Collector.Web.Access;
using Culvert.Connections;
using Culvert.Tests;

namespace Culvert.Collector.Tests.Web;

public sealed class SocketTableTests
{
    private const uint Nobody = 65534;

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("127.0.0.1", true)]
    public async Task OwnerOf_LivingLoopbackConnection_IsOurself(string address, bool isMapped)
    {
        Assert.SkipWhen(Wine.IsHere, WineConnections.HaveNoOwner);
        var (client, server, _) = await ConnectAsync(IPAddress.Parse(address), isMapped);
        using (client)
        using (server)
        {
            var (ours, theirs) = ((IPEndPoint)server.LocalEndPoint!, (IPEndPoint)server.RemoteEndPoint!);
            var peer = LoopbackPeer.Of(theirs, ours);
            Assert.True(LoopbackPeer.IsOwnUser(peer), $"{peer}");
            if (!OperatingSystem.IsLinux())
            {
                Assert.Equal(Environment.ProcessId, peer.ProcessId);
                return;
            }

            Assert.Equal(SocketTable.OwnUserId, peer.UserId);
            Assert.Equal(SocketTable.OwnUserId, ProcNetTcp.OwnerOf(Unmapped(theirs), Unmapped(ours)));
        }
    }

    [Fact]
    public async Task OwnerOf_ClientThatClosed_IsNobody()
    {
        var (client, server, _) = await ConnectAsync(IPAddress.Loopback, isMapped: false);
        using (server)
        {
            var (ours, theirs) = ((IPEndPoint)server.LocalEndPoint!, (IPEndPoint)server.RemoteEndPoint!);
            client.Dispose();
            Assert.Equal(0, await server.ReceiveAsync(new byte[1]).WaitAsync(
                TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));

            // An orphaned socket belongs to uid 0 in the kernel's table: it must not pass for root.
            Assert.False(LoopbackPeer.IsOwnUser(LoopbackPeer.Of(theirs, ours)));
            Assert.Null(LoopbackPeer.Of(theirs, ours).UserId);
            if (OperatingSystem.IsLinux()) Assert.Null(ProcNetTcp.OwnerOf(theirs, ours));
        }
    }

    [Fact]
    public void OwnerOf_PortOnWhichSomebodyListens_IsNobody()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var listening = (IPEndPoint)listener.LocalEndpoint;

        // The kernel answers a look-up with the listener of that port when there is no such connection.
        Assert.Equal(Peer.Unknown, LoopbackPeer.Of(listening, new IPEndPoint(IPAddress.Loopback, 1)));
    }

    [Fact]
    public void OwnerOf_AddressBeyondLoopback_IsNobody() =>
        Assert.Equal(
            Peer.Unknown, LoopbackPeer.Of(IPEndPoint.Parse("192.0.2.1:4000"), IPEndPoint.Parse("192.0.2.2:7514")));

    [Fact]
    public async Task Get_AnotherUser_IsRefusedUntilItHasTheToken()
    {
        SkipUnlessLinux();
        Assert.SkipUnless(SocketTable.OwnUserId == 0, "Needs root to run a program as another user.");
        Assert.SkipUnless(File.Exists("/usr/bin/setpriv") && File.Exists("/usr/bin/curl"), "Needs setpriv and curl.");
        await using var host = await HttpHostUnderTest.StartAsync();
        var url = new Uri(host.Host.Address, "/api/probe").ToString();

        var refused = await CurlAsync(url);
        var admitted = await CurlAsync("-H", $"Authorization: Bearer {host.Token}", url);

        Assert.Contains($"you are user {Nobody}", refused);
        Assert.Equal($"uid={Nobody}", admitted);
    }

    [Fact]
    public void ProcNetTcp_LinesOfTheKernel_AreRead()
    {
        string[] lines =
        [
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
            "   0: 0100007F:9C40 0100007F:1D5A 06 00000000:00000000 00:00000000 00000000     0        0 0 1 0 20 4 30 "
            + "10 -1",
            "   1: 0100007F:9C41 0100007F:1D5A 01 00000000:00000000 00:00000000 00000000  1000        0 77123 1 0 20 4 "
            + "30 10 -1",
            "   2: short",
        ];
        Assert.Equal(1000u, ProcNetTcp.Find(
            lines, IPEndPoint.Parse("127.0.0.1:40001"), IPEndPoint.Parse("127.0.0.1:7514")));
        Assert.Null(ProcNetTcp.Find(lines, IPEndPoint.Parse("127.0.0.1:40000"), IPEndPoint.Parse("127.0.0.1:7514")));
        Assert.Null(ProcNetTcp.Find(lines, IPEndPoint.Parse("127.0.0.1:40001"), IPEndPoint.Parse("127.0.0.1:7515")));
    }

    [Fact]
    public void ReadAnswer_AnyBytes_NeverThrows()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var (client, server) = (IPEndPoint.Parse("127.0.0.1:40000"), IPEndPoint.Parse("127.0.0.1:7514"));
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(0, 120)];
            random.NextBytes(bytes);
            var answer = SockDiagLayout.ReadAnswer(bytes, client, server);
            Assert.True(answer.UserId is null, $"seed {seed}");
        }
    }

    private static async Task<string> CurlAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/setpriv") { RedirectStandardOutput = true };
        foreach (var argument in (string[])["--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/curl", "-s",
            "-m", "10", .. arguments])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(20));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20));
        return output;
    }

    private static async Task<(Socket Client, Socket Server, IPEndPoint Listening)> ConnectAsync(
        IPAddress address, bool isMapped)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var listener = isMapped ? TcpListener.Create(0) : new TcpListener(address, 0);
        listener.Start();
        var listening = (IPEndPoint)listener.LocalEndpoint;
        var client = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(new IPEndPoint(address, listening.Port), cancellation).AsTask()
            .WaitAsync(TimeSpan.FromSeconds(20), cancellation);
        var server = await listener.AcceptSocketAsync(cancellation).AsTask()
            .WaitAsync(TimeSpan.FromSeconds(20), cancellation);
        return (client, server, listening);
    }

    private static IPEndPoint Unmapped(IPEndPoint endpoint) => endpoint.Address.IsIPv4MappedToIPv6
        ? new IPEndPoint(endpoint.Address.MapToIPv4(), endpoint.Port)
        : endpoint;

    private static void SkipUnlessLinux() =>
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Runs a program as another user by the tools of Linux.");
}
