using System.IO.Pipes;
using Culvert.Connections;
using Culvert.Tests.Conformance;

namespace Culvert.Tests.Transports.NamedPipes;

/// <summary>Whole messages over a named pipe, to Culvert and to .NET's own streams.</summary>
public sealed class PipeMessageTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _limit =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    private readonly string _name = $"culvert-test-{Guid.NewGuid():N}";

    public PipeMessageTests()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), "Named pipes have messages on Windows alone.");
        _limit.CancelAfter(Limit);
    }

    private CancellationToken Token => _limit.Token;

    private string Endpoint => $"pipe://{_name}?mode=message";

    public void Dispose() => _limit.Dispose();

    [Fact]
    public async Task Messages_OfEverySize_ArriveWholeAndInOrder()
    {
        await using var pair = await ConnectionPair.OpenAsync(Endpoint, Token);
        int[] sizes = [1, 0, 0, 100, 4096, 0, 65_535, 65_536, 65_537, 300_000, 1024 * 1024, 0, 7];
        var sending = SendAsync(pair.Client.Messages!, sizes);
        foreach (var size in sizes)
        {
            Assert.Equal(Bytes.Make(size, size), (await pair.Server.Messages!.ReceiveAsync(Token))!.Value.ToArray());
        }

        await sending.WaitAsync(Token);
        await pair.Client.DisposeAsync();
        Assert.Null(await pair.Server.Messages!.ReceiveAsync(Token));
    }

    [Fact]
    public async Task Messages_BothWaysAtOnceWithRandomSizes_ArriveWhole()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        var sizes = Enumerable.Range(0, 200).Select(_ => random.Next(4) == 0 ? 0 : random.Next(20_000)).ToArray();
        await using var pair = await ConnectionPair.OpenAsync(Endpoint, Token);
        await Task.WhenAll(
            SendAsync(pair.Client.Messages!, sizes), SendAsync(pair.Server.Messages!, sizes),
            ExpectAsync(pair.Client.Messages!, sizes), ExpectAsync(pair.Server.Messages!, sizes)).WaitAsync(Token);
    }

    [Fact]
    public async Task Send_Cancelled_LeavesTheMessageWholeBeforeTheNext()
    {
        await using var pair = await ConnectionPair.OpenAsync(Endpoint, Token);
        var sender = pair.Client.Messages!;
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var large = sender.SendAsync(Bytes.Make(0, 500_000), cancel.Token).AsTask();
        Assert.False(large.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large.WaitAsync(Token));

        var next = sender.SendAsync(Bytes.Make(3, 3), Token).AsTask();
        Assert.Equal(500_000, (await pair.Server.Messages!.ReceiveAsync(Token))!.Value.Length);
        Assert.Equal(Bytes.Make(3, 3), (await pair.Server.Messages!.ReceiveAsync(Token))!.Value.ToArray());
        await next.WaitAsync(Token);
    }

    [Fact]
    public async Task Receive_Cancelled_LosesNothing()
    {
        await using var pair = await ConnectionPair.OpenAsync(Endpoint, Token);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var waiting = pair.Server.Messages!.ReceiveAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Token));

        await pair.Client.Messages!.SendAsync(default, Token);
        await pair.Client.Messages!.SendAsync(new byte[5], Token);
        Assert.Equal(0, (await pair.Server.Messages!.ReceiveAsync(Token))!.Value.Length);
        Assert.Equal(5, (await pair.Server.Messages!.ReceiveAsync(Token))!.Value.Length);
    }

    [Fact]
    public async Task Receive_OfATooLongMessage_IsAViolationAndEndsTheConnection()
    {
        await using var pair = await ConnectionPair.OpenAsync(Endpoint, Token);
        pair.Server.Messages!.MessageBytesMax = 1000;
        var sending = pair.Client.Messages!.SendAsync(new byte[500_000], Token).AsTask();

        var error = await Assert.ThrowsAsync<ConnectionException>(
            async () => await pair.Server.Messages!.ReceiveAsync(Token));
        Assert.Equal(ConnectionError.ProtocolViolation, error.Error);
        await Assert.ThrowsAsync<ConnectionException>(() => sending.WaitAsync(Token));
        await Assert.ThrowsAsync<ArgumentException>(
            async () => await pair.Server.Messages!.SendAsync(new byte[1001], Token));
    }

    [Fact]
    public async Task Messages_OfAFloodWithoutBytes_AreBoundedAndAllArrive()
    {
        await using var pair = await ConnectionPair.OpenAsync(Endpoint, Token);
        const int Count = 3000;
        for (var i = 0; i < Count; i++) await pair.Client.Messages!.SendAsync(default, Token);
        await pair.Client.Messages!.SendAsync(new byte[1], Token);
        var receiver = pair.Server.Messages!;
        for (var i = 0; i < Count; i++) Assert.Equal(0, (await receiver.ReceiveAsync(Token))!.Value.Length);
        Assert.Equal(1, (await receiver.ReceiveAsync(Token))!.Value.Length);
    }

    [Fact]
    public async Task Listener_WithADotNetClientInMessageMode_KeepsMessagesBothWays()
    {
        if (!OperatingSystem.IsWindows()) return;
        await using var listener = await Ipc.ListenAsync(Endpoint, cancellationToken: Token);
        await using var client = new NamedPipeClientStream(".", _name, PipeDirection.InOut, PipeOptions.Asynchronous);
        await client.ConnectAsync(Token);
        client.ReadMode = PipeTransmissionMode.Message;
        await using var server = (await listener.AcceptAsync(Token))!;
        await CheckDotNetAsync(client, server.Messages!);

        await server.DisposeAsync();
        Assert.Equal(0, await client.ReadAsync(new byte[10], Token).AsTask().WaitAsync(Token));
    }

    [Fact]
    public async Task Connect_ToADotNetServerInMessageMode_KeepsMessagesBothWays()
    {
        if (!OperatingSystem.IsWindows()) return;
        await using var server = new NamedPipeServerStream(
            _name, PipeDirection.InOut, 1, PipeTransmissionMode.Message, PipeOptions.Asynchronous, 65_536, 65_536);
        var accepting = server.WaitForConnectionAsync(Token);
        await using var client = await Ipc.ConnectAsync(Endpoint, cancellationToken: Token);
        await accepting.WaitAsync(Token);
        await CheckDotNetAsync(server, client.Messages!);

        await server.DisposeAsync();
        Assert.Null(await client.Messages!.ReceiveAsync(Token));
    }

    [Fact]
    public async Task Connect_ToAPipeOfBytes_SaysThatItHasNoMessages()
    {
        await using var server = new NamedPipeServerStream(
            _name, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous);
        var error = await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.ConnectAsync(Endpoint, cancellationToken: Token));
        Assert.Equal(ConnectionError.InvalidEndpoint, error.Error);
    }

    [Fact]
    public async Task Messages_OfAPipeOfBytes_AreNone()
    {
        await using var pair = await ConnectionPair.OpenAsync($"pipe://{_name}", Token);
        Assert.Null(pair.Client.Messages);
        Assert.Null(pair.Server.Messages);
    }

    private static async Task CheckDotNetAsync(PipeStream stream, MessageChannel messages)
    {
        var token = TestContext.Current.CancellationToken;
        await stream.WriteAsync(Bytes.Make(1, 100), token).AsTask().WaitAsync(Limit, token);
        await stream.WriteAsync(Bytes.Make(2, 200), token).AsTask().WaitAsync(Limit, token);
        Assert.Equal(Bytes.Make(1, 100), (await messages.ReceiveAsync(token))!.Value.ToArray());
        Assert.Equal(Bytes.Make(2, 200), (await messages.ReceiveAsync(token))!.Value.ToArray());

        await messages.SendAsync(Bytes.Make(3, 300), token);
        await messages.SendAsync(default, token);
        await messages.SendAsync(Bytes.Make(4, 4), token);
        var buffer = new byte[256];
        Assert.Equal(256, await stream.ReadAsync(buffer, token).AsTask().WaitAsync(Limit, token));
        Assert.False(OperatingSystem.IsWindows() && stream.IsMessageComplete);
        Assert.Equal(44, await stream.ReadAsync(buffer, token).AsTask().WaitAsync(Limit, token));
        Assert.True(!OperatingSystem.IsWindows() || stream.IsMessageComplete);
        Assert.Equal(0, await stream.ReadAsync(buffer, token).AsTask().WaitAsync(Limit, token));
        Assert.Equal(4, await stream.ReadAsync(buffer, token).AsTask().WaitAsync(Limit, token));
    }

    private async Task SendAsync(MessageChannel messages, int[] sizes)
    {
        foreach (var size in sizes) await messages.SendAsync(Bytes.Make(size, size), Token);
    }

    private async Task ExpectAsync(MessageChannel messages, int[] sizes)
    {
        foreach (var size in sizes)
        {
            Assert.Equal(Bytes.Make(size, size), (await messages.ReceiveAsync(Token))!.Value.ToArray());
        }
    }
}
