using Culvert.Connections;
using Culvert.Security;

namespace Culvert.Tests.Transports.Tls;

/// <summary>What may be written in a <c>tls://</c> endpoint and its files, and what is said of the rest.</summary>
[Trait("system", "linux")]
public sealed class TlsOptionsTests : TlsTests
{
    [Theory]
    [InlineData("", "has no certificate to prove itself with")]
    [InlineData("cert=missing.pem", "The certificate file 'missing.pem' cannot be used")]
    [InlineData("cert=CA", "The private key file")]
    [InlineData("cert=GOOD&ca=missing.pem", "The authority file 'missing.pem' cannot be used")]
    [InlineData("cert=GOOD&clients=required", "nobody is said to sign them")]
    [InlineData("cert=GOOD&clients=sometimes", "automatic, none, optional, required")]
    [InlineData("cert=GOOD&clients=3", "automatic, none, optional, required")]
    [InlineData("cert=", "has no value")]
    [InlineData("cert=GOOD&certs=x", "which tls:// does not know; there are cert, key")]
    [InlineData("cert=P12", "cannot be used")]
    [InlineData("cert=P12&passwordVariable=NOT_SET_HERE", "'NOT_SET_HERE', which holds the password")]
    public async Task Bind_WithWrongOptions_IsInvalidEndpointAndSaysWhich(string options, string problem)
    {
        var error = await Assert.ThrowsAsync<ConnectionException>(
            async () => await ListenAsync($"tls://127.0.0.1:0?{WithFiles(options)}"));
        Assert.Equal(ConnectionError.InvalidEndpoint, error.Error);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bind_WithPkcs12AndAPasswordFile_Serves()
    {
        var password = Path.Combine(Folder.Path, "password");
        await File.WriteAllTextAsync(password, "secret\n", Token);
        var own = Authority.IssuePkcs12("server", "secret");
        await using var listener = await ListenAsync($"tls://127.0.0.1:0?cert={own}&passwordFile={password}");
        var accepting = listener.AcceptAsync(Token);
        await using var client = await Ipc.ConnectAsync(
            Dial(listener, $"ca={Authority.File}"), cancellationToken: Token);
        await using var server = (await accepting)!;
        await ExchangeAsync(client, server);
    }

    [Fact]
    public async Task Peer_OfBothSides_IsWhatTheCertificatesSay()
    {
        var tls = new TlsOptions { CertificateFile = Authority.Issue("server"), AuthorityFile = Authority.File };
        await using var listener = await ListenAsync("tls://127.0.0.1:0", new ListenerOptions { Tls = tls });
        var agent = tls with { CertificateFile = Authority.Issue("agent-7"), AllowedNames = ["server"] };
        await using var client = await Ipc.ConnectAsync(listener.Endpoint, new ConnectOptions { Tls = agent }, Token);
        await using var server = (await listener.AcceptAsync(Token))!;
        var seen = server.Peer.Certificate!;
        Assert.Equal("CN=agent-7", seen.Subject);
        Assert.Equal("CN=Test authority ca", seen.Issuer);
        Assert.Equal(["localhost", "127.0.0.1"], seen.Names);
        Assert.Equal(64, seen.Thumbprint.Length);
        Assert.True(seen.NotAfter > TimeProvider.System.GetUtcNow());
        Assert.Equal("CN=server", client.Peer.Certificate!.Subject);
        await ExchangeAsync(client, server);
    }

    private string WithFiles(string options) => options
        .Replace("GOOD", options.Contains("GOOD", StringComparison.Ordinal) ? Authority.Issue("good") : "",
            StringComparison.Ordinal)
        .Replace("CA", Authority.File, StringComparison.Ordinal)
        .Replace("P12", options.Contains("P12", StringComparison.Ordinal) ? Authority.IssuePkcs12("p", "s") : "",
            StringComparison.Ordinal);
}
