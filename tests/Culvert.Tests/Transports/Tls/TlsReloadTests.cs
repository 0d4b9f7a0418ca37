using Culvert.Connections;

namespace Culvert.Tests.Transports.Tls;

/// <summary>Certificates that change while a listener runs.</summary>
[Trait("system", "linux")]
public sealed class TlsReloadTests : TlsTests
{
    [Fact]
    public async Task Listener_WhoseCertificateChanges_UsesItForNewConnectionsAndKeepsTheOldOnes()
    {
        await using var listener = await ListenAsync(Authority.Endpoint());
        await using var before = await Ipc.ConnectAsync(listener.Endpoint, cancellationToken: Token);
        await using var beforeServer = (await listener.AcceptAsync(Token))!;

        Authority.Issue("both");
        await using var after = await Ipc.ConnectAsync(listener.Endpoint, cancellationToken: Token);
        await using var afterServer = (await listener.AcceptAsync(Token))!;
        Assert.NotEqual(before.Peer.Certificate!.Thumbprint, after.Peer.Certificate!.Thumbprint);
        Assert.NotEqual(beforeServer.Peer.Certificate!.Thumbprint, afterServer.Peer.Certificate!.Thumbprint);
        await ExchangeAsync(before, beforeServer);
        await ExchangeAsync(after, afterServer);
        await Log.WaitForAsync("was read again: CN=both", Token);
    }

    [Fact]
    public async Task Listener_WhoseNewCertificateIsBroken_KeepsTheOldOneAndSaysSoOnceUntilItIsMended()
    {
        await using var listener = await ListenAsync($"tls://127.0.0.1:0?cert={Authority.Issue("server")}");
        var path = Path.Combine(Folder.Path, "server.pem");
        var dialling = Dial(listener, $"ca={Authority.File}");
        var first = await ThumbprintAsync(listener, dialling);
        await File.WriteAllTextAsync(path, "-----BEGIN CERTIFICATE-----\nnonsense\n", Token);
        Assert.Equal(first, await ThumbprintAsync(listener, dialling));
        Assert.Equal(first, await ThumbprintAsync(listener, dialling));
        await Log.WaitForAsync("the one before stays in use", Token);
        Assert.Single(Log.Lines, IsOfTheCertificate);

        Authority.Issue("server");
        Assert.NotEqual(first, await ThumbprintAsync(listener, dialling));
        Assert.Equal(2, Log.Lines.Count(IsOfTheCertificate));
        static bool IsOfTheCertificate(string line) => line.Contains("certificate of tls://", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listener_WhoseAuthorityChanges_RefusesTheClientsOfTheOldOne()
    {
        await using var listener = await ListenAsync(Authority.Endpoint());
        await ServeOneAsync(listener);
        var ours = await File.ReadAllTextAsync(Authority.File, Token);
        using var other = new TestAuthority(Folder.Path, "other");
        File.Move(other.File, Authority.File, overwrite: true);
        var trusted = Path.Combine(Folder.Path, "ours.pem");
        await File.WriteAllTextAsync(trusted, ours, Token);
        await Assert.ThrowsAsync<ConnectionException>(async () =>
        {
            var both = Path.Combine(Folder.Path, "both.pem");
            await using var client = await Ipc.ConnectAsync(
                Dial(listener, $"ca={trusted}&cert={both}"), cancellationToken: Token);
            await client.Input.ReadAsync(Token);
        });
        await Log.WaitForAsync("signed by no authority", Token);
    }

    private async Task<string> ThumbprintAsync(Listener listener, string dialling)
    {
        var accepting = listener.AcceptAsync(Token);
        await using var client = await Ipc.ConnectAsync(dialling, cancellationToken: Token);
        await using var server = await accepting;
        return client.Peer.Certificate!.Thumbprint;
    }
}
