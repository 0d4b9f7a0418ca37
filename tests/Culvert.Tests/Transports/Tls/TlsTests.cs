using Culvert.Connections;

namespace Culvert.Tests.Transports.Tls;

/// <summary>What the tests of <c>tls://</c> share: an authority, a time limit, and what a listener logged.</summary>
public abstract class TlsTests : IDisposable
{
    private readonly CancellationTokenSource _limit =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    protected TlsTests()
    {
        Authority = new TestAuthority(Folder.Path);
        _limit.CancelAfter(TimeSpan.FromSeconds(30));
    }

    protected TempFolder Folder { get; } = new();

    protected TestAuthority Authority { get; }

    protected CancellationToken Token => _limit.Token;

    protected LineLogger Log { get; } = new();

    public void Dispose()
    {
        _limit.Dispose();
        Authority?.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected async Task<Listener> ListenAsync(string endpoint, ListenerOptions? options = null) =>
        await Ipc.ListenAsync(endpoint, options ?? new ListenerOptions { Logger = Log }, Token);

    protected async Task<ConnectionException> FailToConnectAsync(string endpoint) =>
        await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.ConnectAsync(endpoint, cancellationToken: Token));

    /// <summary>Dials with other options than the listener's.</summary>
    protected static string Dial(Listener listener, string options) =>
        $"{listener.Endpoint.Scheme}://{listener.Endpoint.Address}?{options}";

    /// <summary>One message each way.</summary>
    protected async Task ExchangeAsync(Connection client, Connection server)
    {
        await client.Output.WriteAsync("ask"u8.ToArray(), Token);
        Assert.Equal(3, (await server.Input.ReadAtLeastAsync(3, Token)).Buffer.Length);
        await server.Output.WriteAsync("answer"u8.ToArray(), Token);
        Assert.Equal(6, (await client.Input.ReadAtLeastAsync(6, Token)).Buffer.Length);
        server.Input.AdvanceTo((await server.Input.ReadAsync(Token)).Buffer.End);
        client.Input.AdvanceTo((await client.Input.ReadAsync(Token)).Buffer.End);
    }

    /// <summary>A good client comes through, whatever others do.</summary>
    protected async Task ServeOneAsync(Listener listener)
    {
        var accepting = listener.AcceptAsync(Token);
        await using var client = await Ipc.ConnectAsync(listener.Endpoint, cancellationToken: Token);
        await using var server = (await accepting)!;
        await ExchangeAsync(client, server);
    }
}
