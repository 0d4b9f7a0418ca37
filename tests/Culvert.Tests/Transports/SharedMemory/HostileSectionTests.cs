using Culvert.Connections;
using Culvert.Transports.Links;
using Culvert.Transports.Local;
using Culvert.Transports.SharedMemory;

namespace Culvert.Tests.Transports.SharedMemory;

/// <summary>A client that is admitted and then lies in the memory that it shares.</summary>
public sealed class HostileSectionTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_AFrameThatLies_ClosesWithTheReasonAndOthersGoOn()
    {
        await using var listener = await ListenAsync();
        var (client, section, link) = await DialAsync(listener.Endpoint);
        await using var server = await listener.AcceptAsync(Token).AsTask().WaitAsync(Limit, Token);
        Lie(section);
        link.Wake();

        var error = await Assert.ThrowsAsync<ConnectionException>(
            () => server!.Input.ReadAsync(Token).AsTask().WaitAsync(Limit, Token));
        Assert.Equal(ConnectionError.Closed, error.Error);
        var reason = await server!.Closed.WaitAsync(Limit, Token);
        Assert.Equal(CloseKind.ProtocolViolation, reason.Kind);
        Assert.Contains(listener.Endpoint.ToString(), reason.Message, StringComparison.Ordinal);
        await client.Closed.WaitAsync(Limit, Token);
        await client.DisposeAsync();
        await EchoAsync(listener);

        static unsafe void Lie(SharedSection section) => *(ulong*)section.ToListener.Data = ulong.MaxValue;
    }

    [Fact]
    public async Task Write_AHeadThatLies_ClosesWithTheReasonAndOthersGoOn()
    {
        await using var listener = await ListenAsync();
        var (client, section, _) = await DialAsync(listener.Endpoint);
        await using var server = await listener.AcceptAsync(Token).AsTask().WaitAsync(Limit, Token);
        Lie(section);
        var bytes = new byte[1 << 20];
        while (!(await server!.Output.WriteAsync(bytes, Token).AsTask().WaitAsync(Limit, Token)).IsCompleted)
        {
        }

        Assert.Equal(CloseKind.ProtocolViolation, (await server.Closed.WaitAsync(Limit, Token)).Kind);
        await client.DisposeAsync();
        await EchoAsync(listener);

        static unsafe void Lie(SharedSection section) => *(long*)section.ToClient.Header = 1 << 30;
    }

    [Fact]
    public async Task Read_RandomBytesInTheWholeSection_NeverFaultsNorHangs()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        await using var listener = await ListenAsync();
        for (var round = 0; round < 200; round++)
        {
            var (client, section, _) = await DialAsync(listener.Endpoint);
            await using var server = await listener.AcceptAsync(Token).AsTask().WaitAsync(Limit, Token);
            Scribble(section, random);
            await client.Output.WriteAsync(new byte[64], Token).AsTask().WaitAsync(Limit, Token);
            client.Abort("Done.");
            await client.DisposeAsync();
            await DrainAsync(server!).WaitAsync(Limit, Token);
            await server!.Closed.WaitAsync(Limit, Token);
        }

        static unsafe void Scribble(SharedSection section, Random random)
        {
            foreach (var ring in new[] { section.ToListener, section.ToClient })
            {
                var data = new Span<byte>(ring.Data, ring.Capacity);
                for (var i = 0; i < 50; i++) random.NextBytes(data.Slice(random.Next(data.Length - 8), 8));
                if (random.Next(2) == 0) random.NextBytes(data[..64]);
                if (random.Next(2) == 0)
                    random.NextBytes(new Span<byte>(ring.Header, RingLayout.HeaderBytes));
            }
        }
    }

    private static async Task<Listener> ListenAsync() =>
        await Ipc.ListenAsync($"shm://culvert-test-{Guid.NewGuid():N}", cancellationToken: Token);

    private static async Task<(Connection Client, SharedSection Section, SharedMemoryLink Link)> DialAsync(
        Endpoint endpoint)
    {
        SharedSection? shared = null;
        SharedMemoryLink? link = null;
        var client = await DialAttempt.RunAsync(endpoint, new(), Token, async attempt =>
        {
            var (control, section, peer) = OperatingSystem.IsWindows()
                ? await SharedMemoryPipe.DialAsync(
                    LocalName.PipeOf(endpoint, SharedMemoryTransport.PipeExtension), attempt)
                : await SharedMemorySocket.DialAsync(
                    LocalName.PathOf(endpoint, SharedMemoryTransport.Extension, create: false), attempt);
            shared = section;
            link = new SharedMemoryLink(control, section, isListener: false, endpoint);
            return new LinkConnection(link, endpoint, peer).Start();
        });
        return (client, shared!, link!);
    }

    private static async Task DrainAsync(Connection connection)
    {
        try
        {
            while (true)
            {
                var result = await connection.Input.ReadAsync(Token);
                connection.Input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) return;
            }
        }
        catch (ConnectionException)
        {
            // As good an end as any.
        }
    }

    private static async Task EchoAsync(Listener listener)
    {
        await using var client = await Ipc.ConnectAsync(listener.Endpoint, cancellationToken: Token);
        await using var server = await listener.AcceptAsync(Token).AsTask().WaitAsync(Limit, Token);
        await client.Output.WriteAsync(new byte[] { 7 }, Token);
        var result = await server!.Input.ReadAsync(Token).AsTask().WaitAsync(Limit, Token);
        Assert.Equal(7, result.Buffer.FirstSpan[0]);
    }
}
