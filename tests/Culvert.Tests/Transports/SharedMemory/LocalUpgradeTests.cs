using Culvert.Connections;

namespace Culvert.Tests.Transports.SharedMemory;

/// <summary><c>local://</c> becomes shared memory where both sides want it, and is a socket or a pipe
/// elsewhere.</summary>
public sealed class LocalUpgradeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly string _name = $"test-{Guid.NewGuid():N}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("?upgrade=shm", "?upgrade=shm", true)]
    [InlineData("?upgrade=shm", "", false)]
    [InlineData("", "?upgrade=shm", false)]
    [InlineData("", "", false)]
    public async Task Connect_OfTwoSides_SharesMemoryWhereBothAgree(string listens, string dials, bool isShared)
    {
        await using var listener = await Ipc.ListenAsync($"local://{_name}{listens}", cancellationToken: Token);
        await using var client = await Ipc.ConnectAsync($"local://{_name}{dials}", cancellationToken: Token);
        await using var server = await listener.AcceptAsync(Token).AsTask().WaitAsync(Limit, Token);

        Assert.Equal(isShared, client.Messages is not null);
        Assert.Equal(isShared, server!.Messages is not null);
        await client.Output.WriteAsync(new byte[] { 7 }, Token);
        Assert.Equal(7, (await server.Input.ReadAsync(Token).AsTask().WaitAsync(Limit, Token)).Buffer.FirstSpan[0]);
        Assert.Equal(Environment.ProcessId, server.Peer.ProcessId);
    }

    [Fact]
    public async Task Connect_ToOneListenerByBothKinds_ServesBoth()
    {
        await using var listener = await Ipc.ListenAsync($"local://{_name}?upgrade=shm", cancellationToken: Token);
        var kinds = new List<bool>();
        for (var i = 0; i < 4; i++)
        {
            var dialled = i % 2 == 0 ? $"local://{_name}" : $"local://{_name}?upgrade=shm";
            await using var client = await Ipc.ConnectAsync(dialled, cancellationToken: Token);
            await using var server = await listener.AcceptAsync(Token).AsTask().WaitAsync(Limit, Token);
            kinds.Add(server!.Messages is not null);
        }

        Assert.Equal([false, true, false, true], kinds);
    }

    [Fact]
    public async Task Unbind_OfAListenerThatUpgrades_GivesBothNamesBack()
    {
        for (var i = 0; i < 2; i++)
        {
            await using var listener = await Ipc.ListenAsync($"local://{_name}?upgrade=shm", cancellationToken: Token);
            if (Wine.IsHere) continue; // It gives a second listener the name.
            var taken = await Assert.ThrowsAsync<ConnectionException>(
                async () => await Ipc.ListenAsync($"local://{_name}", cancellationToken: Token));
            Assert.Equal(ConnectionError.AddressInUse, taken.Error);
        }

        var nobody = await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.ConnectAsync($"local://{_name}?upgrade=shm", cancellationToken: Token));
        Assert.Equal(ConnectionError.NobodyListens, nobody.Error);
    }

    [Fact]
    public async Task Endpoint_WithAnUpgradeThatIsNone_IsRefused()
    {
        var error = await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.ListenAsync($"local://{_name}?upgrade=tcp", cancellationToken: Token));
        Assert.Equal(ConnectionError.InvalidEndpoint, error.Error);
    }
}
