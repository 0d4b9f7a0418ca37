using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Culvert.Connections;

namespace Culvert.Tests.Transports.Tls;

/// <summary>Who is not let in, on both sides, and the sentence that says why.</summary>
[Trait("system", "linux")]
public sealed class TlsRefusalTests : TlsTests
{
    [Fact]
    public async Task Connect_ToAServerOfAnotherAuthority_IsNotTrusted()
    {
        await using var listener = await ListenAsync($"tls://127.0.0.1:0?cert={Authority.Issue("server")}");
        using var other = new TestAuthority(Folder.Path, "other");
        var error = await FailToConnectAsync(Dial(listener, $"ca={other.File}"));
        Assert.Equal(ConnectionError.NotTrusted, error.Error);
        Assert.Contains("signed by no authority that is trusted here; name its authority by ca=FILE", error.Message,
            StringComparison.Ordinal);
        error = await FailToConnectAsync(Dial(listener, "name=localhost"));
        Assert.Equal(ConnectionError.NotTrusted, error.Error);
    }

    [Fact]
    public async Task Connect_ToAServerWhoseCertificateIsOver_SaysWhen()
    {
        var old = Authority.Issue("server", daysFrom: -2, daysTo: -1);
        await using var listener = await ListenAsync($"tls://127.0.0.1:0?cert={old}");
        var error = await FailToConnectAsync(Dial(listener, $"ca={Authority.File}"));
        Assert.Equal(ConnectionError.NotTrusted, error.Error);
        Assert.Contains("which is not now", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_ToAServerOfAnotherName_SaysBothUntilTheNameIsGiven()
    {
        var certificate = Authority.Issue("server", dnsName: "central.example");
        await using var listener = await ListenAsync($"tls://127.0.0.1:0?cert={certificate}");
        var error = await FailToConnectAsync(Dial(listener, $"ca={Authority.File}"));
        Assert.Equal(ConnectionError.NotTrusted, error.Error);
        Assert.Contains("central.example", error.Message, StringComparison.Ordinal);
        Assert.Contains("name=NAME", error.Message, StringComparison.Ordinal);

        await using var client = await Ipc.ConnectAsync(
            Dial(listener, $"ca={Authority.File}&name=central.example"), cancellationToken: Token);
        Assert.Equal("CN=server", client.Peer.Certificate!.Subject);
    }

    [Fact]
    public async Task Connect_ToAServerThatIsNotAllowed_IsNotTrusted()
    {
        await using var listener = await ListenAsync($"tls://127.0.0.1:0?cert={Authority.Issue("server")}");
        var error = await FailToConnectAsync(Dial(listener, $"ca={Authority.File}&allow=central"));
        Assert.Equal(ConnectionError.NotTrusted, error.Error);
        Assert.Contains("not among those that are allowed", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none", "showed no certificate")]
    [InlineData("other", "signed by no authority that is trusted here")]
    [InlineData("expired", "which is not now")]
    [InlineData("unknown", "not among those that are allowed")]
    public async Task Accept_OfAClientThatIsNotGood_RefusesAndSaysWhyAndServesTheNext(string kind, string why)
    {
        using var other = new TestAuthority(Folder.Path, "other");
        var server = $"tls://127.0.0.1:0?cert={Authority.Issue("both")}&ca={Authority.File}&allow=both,agent-7";
        await using var listener = await ListenAsync(server);
        var certificate = kind switch
        {
            "other" => $"&cert={other.Issue("agent-7")}",
            "expired" => $"&cert={Authority.Issue("agent-7", -2, -1)}",
            "unknown" => $"&cert={Authority.Issue("agent-8")}",
            _ => "",
        };

        // With TLS 1.3 the client's handshake is over before the server has seen its certificate.
        var dialling = Dial(listener, $"ca={Authority.File}{certificate}");
        var error = await Assert.ThrowsAsync<ConnectionException>(async () =>
        {
            await using var client = await Ipc.ConnectAsync(dialling, cancellationToken: Token);
            await client.Input.ReadAsync(Token);
        });
        Assert.Contains("certificate", error.Message, StringComparison.Ordinal);
        await Log.WaitForAsync(why, Token);
        await ServeOneAsync(listener);
    }

    [Fact]
    public async Task Accept_WithOptionalCertificates_LetsInWithoutOneAndRefusesABadOne()
    {
        using var other = new TestAuthority(Folder.Path, "other");
        await using var listener = await ListenAsync(
            $"tls://127.0.0.1:0?cert={Authority.Issue("both")}&ca={Authority.File}&clients=optional");
        await using (var nobody = await Ipc.ConnectAsync(
            Dial(listener, $"ca={Authority.File}"), cancellationToken: Token))
        {
            await using var server = (await listener.AcceptAsync(Token))!;
            Assert.Null(server.Peer.Certificate);
            await ExchangeAsync(nobody, server);
        }

        await Assert.ThrowsAsync<ConnectionException>(async () =>
        {
            await using var bad = await Ipc.ConnectAsync(
                Dial(listener, $"ca={Authority.File}&cert={other.Issue("bad")}"), cancellationToken: Token);
            await bad.Input.ReadAsync(Token);
        });
        await ServeOneAsync(listener);
    }

    [Fact]
    public async Task Accept_OfClientsWithCertificates_LogsTheSubjectsOfThoseLetInAndOfThoseNot()
    {
        await using var listener = await ListenAsync(
            $"tls://127.0.0.1:0?cert={Authority.Issue("both")}&ca={Authority.File}&allow=both");
        await ServeOneAsync(listener);
        await Assert.ThrowsAsync<ConnectionException>(async () =>
        {
            await using var bad = await Ipc.ConnectAsync(
                Dial(listener, $"ca={Authority.File}&cert={Authority.Issue("stranger")}"), cancellationToken: Token);
            await bad.Input.ReadAsync(Token);
        });

        var admitted = await Log.WaitForAsync("Admitted a client", Token);
        Assert.Contains(", CN=both. 0 were admitted", admitted, StringComparison.Ordinal);
        var refused = await Log.WaitForAsync("Refused a client", Token);
        Assert.Contains(", CN=stranger: The client is CN=stranger, whose", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accept_OfAFloodThatIsRefused_LogsFewLinesAndCountsThemAll()
    {
        const int Clients = 100;
        await using (var listener = await ListenAsync(
            $"tls://127.0.0.1:0?cert={Authority.Issue("both")}&ca={Authority.File}"))
        {
            for (var i = 0; i < Clients; i++)
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync(Address(listener), Token);
                await socket.GetStream().WriteAsync("no hello of TLS, whatever it may be\n"u8.ToArray(), Token);

                // Its end comes when it was refused, and counted.
                while (await socket.GetStream().ReadAsync(new byte[64], Token) > 0)
                {
                }
            }

            await ServeOneAsync(listener);
        }

        await Log.WaitForAsync("without a line each", Token);
        var lines = Log.Lines.Where(line => line.Contains("Refused a client", StringComparison.Ordinal)).ToList();
        Assert.InRange(lines.Count, 1, Clients / 2);
        var untold = Log.Lines.Single(line => line.Contains("without a line each", StringComparison.Ordinal));
        var counted = lines.Sum(line => 1 + Number(line, " were refused before"))
            + Number(untold, " refused, without");
        Assert.Equal(Clients, counted);
    }

    private static long Number(string line, string behind) =>
        long.Parse(line[..line.IndexOf(behind, StringComparison.Ordinal)].Split(' ')[^1]);

    [Fact]
    public async Task Accept_OfAClientThatSpeaksAnOlderVersion_RefusesIt()
    {
        await using var listener = await ListenAsync(
            $"tls://127.0.0.1:0?cert={Authority.Issue("server")}&ca={Authority.File}&clients=none");
        using var socket = new TcpClient();
        await socket.ConnectAsync(Address(listener), Token);
        await using var tls = new SslStream(socket.GetStream());
        await Assert.ThrowsAnyAsync<Exception>(() => tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                EnabledSslProtocols = SslProtocols.Tls12,
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
            },
            Token));
        await Log.WaitForAsync("let it speak 1.3", Token);
        await ServeOneAsync(listener);
    }

    [Fact]
    public async Task Connect_ToAServerThatSpeaksAnOlderVersion_SaysSo()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var path = Authority.Issue("old");
        var endpoint = $"tls://{server.LocalEndpoint}?ca={Authority.File}";
        var dialling = FailToConnectAsync(endpoint);
        using var accepted = await server.AcceptTcpClientAsync(Token);
        await using var tls = new SslStream(accepted.GetStream());
        using var certificate = X509Certificate2.CreateFromPemFile(path, path);
        await Assert.ThrowsAnyAsync<Exception>(() => tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate, EnabledSslProtocols = SslProtocols.Tls12,
            },
            Token));
        var error = await dialling;
        Assert.Contains("1.3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_ToAServerWithoutTls_SaysSo()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var dialling = FailToConnectAsync($"tls://{server.LocalEndpoint}?ca={Authority.File}");
        using var accepted = await server.AcceptTcpClientAsync(Token);
        await accepted.GetStream().WriteAsync("220 mail.example ESMTP\r\n"u8.ToArray(), Token);
        var error = await dialling;
        Assert.Equal(ConnectionError.ProtocolViolation, error.Error);
        Assert.Contains("see that both use tls://", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_ToASilentServer_EndsAtItsDeadline()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var error = await Assert.ThrowsAsync<ConnectionException>(async () => await Ipc.ConnectAsync(
            $"tls://{server.LocalEndpoint}?ca={Authority.File}",
            new ConnectOptions { Timeout = TimeSpan.FromMilliseconds(200) }, Token));
        Assert.Equal(ConnectionError.TimedOut, error.Error);
    }

    private static IPEndPoint Address(Listener listener) => IPEndPoint.Parse(listener.Endpoint.Address);
}
