using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Culvert.Connections;
using Culvert.Security;
using Culvert.Transports.Tls;

namespace Culvert.Tests.Transports.Tls;

/// <summary>Clients that mean harm, or are broken: each ends alone.</summary>
[Trait("system", "linux")]
public sealed class TlsHostileTests : TlsTests
{
    [Fact]
    public async Task Accept_WithMoreSilentClientsThanHandshakes_ServesTheNextAtOnce()
    {
        await using var listener = await ListenAsync(Authority.Endpoint());
        var silent = new List<TcpClient>();
        for (var i = 0; i < TlsLimits.HandshakesMax + 20; i++) silent.Add(await DialAsync(listener));
        await ServeOneAsync(listener);
        await Log.WaitForAsync("did not finish its handshake in time", Token);
        foreach (var client in silent) client.Dispose();
    }

    [Fact]
    public async Task Accept_OfASilentClient_EndsItAtTheDeadline()
    {
        var options = new ListenerOptions
        {
            Logger = Log, Tls = new TlsOptions { HandshakeTimeout = TimeSpan.FromMilliseconds(200) },
        };
        await using var listener = await ListenAsync(Authority.Endpoint(), options);
        using var silent = await DialAsync(listener);
        await Log.WaitForAsync("did not finish its handshake in time", Token);
        await AssertEndedAsync(silent);
    }

    [Fact]
    public async Task Handshake_OfEveryKindOfGarbage_HarmsNobodyElse()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var listener = await ListenAsync(Authority.Endpoint());
        await using var steady = await Ipc.ConnectAsync(listener.Endpoint, cancellationToken: Token);
        await using var server = (await listener.AcceptAsync(Token))!;
        var hello = await RecordHelloAsync();
        for (var round = 0; round < 60; round++)
        {
            using var client = await DialAsync(listener);
            await SendAsync(client, Garbage(random, hello, round % 5));
            if (random.Next(2) == 0) client.Client.Shutdown(SocketShutdown.Send);
            if (random.Next(4) == 0) client.Client.Close(timeout: 0);
            else if (round % 5 != 4) await AssertEndedAsync(client, half: hello);
            if (round % 20 == 0) await ExchangeAsync(steady, server);
        }

        await ServeOneAsync(listener);
        await ExchangeAsync(steady, server);
    }

    [Fact]
    public async Task Records_ThatAreNoneAfterTheHandshake_FailTheirOwnConnection()
    {
        using var relay = new CuttingRelay();
        await using var listener = await ListenAsync(Authority.Endpoint());
        await using var good = await Ipc.ConnectAsync(listener.Endpoint, cancellationToken: Token);
        await using var goodServer = (await listener.AcceptAsync(Token))!;
        var port = relay.Start(IPEndPoint.Parse(listener.Endpoint.Address));
        var options = listener.Endpoint.ToString().Split('?')[1];
        await using var client = await Ipc.ConnectAsync($"tls://127.0.0.1:{port}?{options}", cancellationToken: Token);
        await using var server = (await listener.AcceptAsync(Token))!;
        await ExchangeAsync(client, server);

        // A record of the right form whose contents nobody with the key has made.
        byte[] record = [23, 3, 3, 0, 64, .. RandomNumberGenerator.GetBytes(64)];
        await relay.InjectAsync(record, Token);
        var error = await Assert.ThrowsAsync<ConnectionException>(async () => await server.Input.ReadAsync(Token));
        Assert.Contains("broke TLS", error.Message, StringComparison.Ordinal);
        Assert.Equal(CloseKind.Failed, (await server.Closed.WaitAsync(Token)).Kind);
        await ExchangeAsync(good, goodServer);
    }

    [Fact]
    public async Task Stream_CutBelowTls_IsAnAbortAndNoEnd()
    {
        using var relay = new CuttingRelay();
        await using var listener = await ListenAsync(Authority.Endpoint());
        var port = relay.Start(IPEndPoint.Parse(listener.Endpoint.Address));
        var options = listener.Endpoint.ToString().Split('?')[1];
        await using var client = await Ipc.ConnectAsync($"tls://127.0.0.1:{port}?{options}", cancellationToken: Token);
        await using var server = (await listener.AcceptAsync(Token))!;
        await ExchangeAsync(client, server);

        // Somebody on the way ends the stream as TCP does, which would look complete.
        relay.CutInGoodOrder();
        await Assert.ThrowsAsync<ConnectionException>(async () => await server.Input.ReadAsync(Token));
        var reason = await server.Closed.WaitAsync(Token);
        Assert.Equal(CloseKind.PeerAborted, reason.Kind);
        Assert.Contains("close_notify", reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_OfAnyBytes_AreReadOrRefusedAsAsn1()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        byte[] good = [0x30, 0x0E, 0x82, 0x06, 0x61, 0x2E, 0x62, 0x2E, 0x63, 0x64, 0x87, 0x04, 10, 0, 0, 1];
        var names = new List<string>();
        TlsNames.Read(good, names);
        Assert.Equal(["a.b.cd", "10.0.0.1"], names);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = round % 2 == 0 ? (byte[])good.Clone() : new byte[random.Next(0, 80)];
            if (round % 2 == 1) random.NextBytes(bytes);
            else bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var found = new List<string>();
            try
            {
                TlsNames.Read(bytes, found);
            }
            catch (System.Formats.Asn1.AsnContentException)
            {
                // The one error there is.
            }

            Assert.InRange(found.Count, 0, 64);
        }
    }

    private static byte[] Garbage(Random random, byte[] hello, int kind)
    {
        byte[] bytes;
        switch (kind)
        {
            case 0:
                bytes = new byte[random.Next(1, 20_000)];
                random.NextBytes(bytes);
                return bytes;
            case 1:
                // A flood of records that are well-formed and mean nothing here.
                bytes = new byte[50_000];
                for (var at = 0; at + 5 <= bytes.Length; at += 5) new byte[] { 23, 3, 3, 0, 0 }.CopyTo(bytes, at);
                return bytes;
            case 2:
                bytes = (byte[])hello.Clone();
                for (var i = 0; i < 4; i++) bytes[random.Next(bytes.Length)] ^= (byte)random.Next(1, 256);
                return bytes;
            case 3:
                return "GET / HTTP/1.1\r\nHost: here\r\n\r\n"u8.ToArray();
            default:
                return hello[..random.Next(1, hello.Length)];
        }
    }

    /// <summary>What a client of ours says first.</summary>
    private async Task<byte[]> RecordHelloAsync()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var dialling = Ipc.ConnectAsync($"tls://{server.LocalEndpoint}", cancellationToken: cancel.Token).AsTask();
        using var accepted = await server.AcceptTcpClientAsync(Token);
        var bytes = new byte[4096];
        var count = await accepted.GetStream().ReadAsync(bytes, Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dialling);
        return bytes[..count];
    }

    private async Task<TcpClient> DialAsync(Listener listener)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(listener.Endpoint.Address), Token);
        return client;
    }

    private async Task SendAsync(TcpClient client, byte[] bytes)
    {
        try
        {
            await client.GetStream().WriteAsync(bytes, Token);
        }
        catch (IOException)
        {
            // It had enough of them.
        }
    }

    /// <summary>The server ends the connection; what it says before does not matter. A changed hello may be a good one,
    /// which it answers and then waits.</summary>
    private async Task AssertEndedAsync(TcpClient client, byte[]? half = null)
    {
        try
        {
            if (half is not null) client.Client.Shutdown(SocketShutdown.Send);
            var bytes = new byte[4096];
            while (await client.GetStream().ReadAsync(bytes, Token) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or SocketException or InvalidOperationException)
        {
            // By a reset, perhaps before this side looked.
        }
    }
}
