using System.IO.Pipes;
using System.Security.Principal;
using Culvert.Connections;
using Culvert.Tests.Conformance;
using Culvert.Transports.Windows;

namespace Culvert.Tests.Transports.Windows;

/// <summary>Who a process or a pipe's client is, as Windows says.</summary>
public sealed class TokenIdentityTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public TokenIdentityTests() => Assert.SkipUnless(OperatingSystem.IsWindows(), "Access tokens are Windows' own.");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Identity_OfThisProcess_IsTheUserAndItsLevelAndSession()
    {
        if (!OperatingSystem.IsWindows()) return;
        using var process = PeerProcess.TryOpen(Environment.ProcessId)!;
        Assert.False(process.CanDuplicate);
        Assert.Equal(TestUser.Sid, process.Peer.UserSid);
        Assert.Equal(Environment.UserName, process.Peer.UserName);
        Assert.Equal(TestUser.SessionId, process.Peer.SessionId);
        Assert.True(process.Peer.Integrity >= IntegrityLevel.Low);
    }

    [Fact]
    public async Task OfClient_AtIdentificationLevel_IsTheClientAndTheThreadIsItselfAgain()
    {
        if (!OperatingSystem.IsWindows()) return;
        var (server, client) = await ConnectAsync(TokenImpersonationLevel.Identification);
        await using var ownedServer = server;
        await using var ownedClient = client;

        var identity = TokenIdentity.OfClient(server.SafePipeHandle);
        Assert.Equal(TestUser.Sid, identity?.User?.Value);
        Assert.Equal(TestUser.SessionId, identity?.Describe(Peer.Unknown).SessionId);
        Assert.Null(WindowsIdentity.GetCurrent(ifImpersonating: true));
    }

    [Fact]
    public async Task OfClient_WhoIsGone_IsNullOrTheClientAndNeverThisThread()
    {
        if (!OperatingSystem.IsWindows()) return;
        var (server, client) = await ConnectAsync(TokenImpersonationLevel.Identification);
        await using var ownedServer = server;
        await client.DisposeAsync();
        server.Disconnect();

        // Windows has nobody to tell of; Wine tells of the last one.
        var identity = TokenIdentity.OfClient(server.SafePipeHandle);
        Assert.True(identity is null || identity.User?.Value == TestUser.Sid);
        Assert.Null(WindowsIdentity.GetCurrent(ifImpersonating: true));
    }

    private static async Task<(NamedPipeServerStream Server, NamedPipeClientStream Client)> ConnectAsync(
        TokenImpersonationLevel level)
    {
        var name = $"culvert-test-{Guid.NewGuid():N}";
        var server = new NamedPipeServerStream(
            name, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous);
        var client = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous, level);
        var accepting = server.WaitForConnectionAsync(Token);
        await client.ConnectAsync(Token).WaitAsync(Limit, Token);
        await accepting.WaitAsync(Limit, Token);
        await Task.WhenAll(
            client.WriteAsync(new byte[1], Token).AsTask(),
            server.ReadExactlyAsync(new byte[1], Token).AsTask()).WaitAsync(Limit, Token);
        return (server, client);
    }
}
