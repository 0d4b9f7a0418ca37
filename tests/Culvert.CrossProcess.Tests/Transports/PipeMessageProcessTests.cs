using Culvert.Connections;

namespace Culvert.CrossProcess.Tests.Transports;

/// <summary>Whole messages over a pipe of Windows to a real second process.</summary>
public sealed class PipeMessageProcessTests : IDisposable
{
    // The pipe's buffer has 65,536 bytes.
    private static readonly int[] Sizes = [1, 0, 4096, 65_536, 0, 65_537, 300_000, 1 << 20, 0];

    private readonly CancellationTokenSource _limit =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    private readonly string _endpoint = $"pipe://culvert-x-{Guid.NewGuid():N}?mode=message";

    public PipeMessageProcessTests()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), "Named pipes have messages on Windows alone.");
        _limit.CancelAfter(TimeSpan.FromSeconds(30));
    }

    private CancellationToken Token => _limit.Token;

    public void Dispose() => _limit.Dispose();

    [Fact]
    public async Task Messages_ToAChildThatDialled_ComeBackWholeAndInOrder()
    {
        await using var listener = await Ipc.ListenAsync(_endpoint, cancellationToken: Token);
        await using var child = ChildPeer.Start("echo-messages", _endpoint);
        await using var server = await listener.AcceptAsync(Token);
        await ExpectEchoAsync(server!.Messages!);
    }

    [Fact]
    public async Task Messages_ToAChildThatListens_ComeBackWholeAndInOrder()
    {
        await using var child = ChildPeer.Start("listen", _endpoint);
        Assert.StartsWith("ready ", await child.ReadLineAsync(Token), StringComparison.Ordinal);
        await using var client = await Ipc.ConnectAsync(_endpoint, cancellationToken: Token);
        await ExpectEchoAsync(client.Messages!);
    }

    [Fact]
    public async Task Messages_OfAChildThatClosesAtOnce_ArriveToTheLast()
    {
        await using var listener = await Ipc.ListenAsync(_endpoint, cancellationToken: Token);
        await using var child = ChildPeer.Start("send-messages", _endpoint);
        await using var server = (await listener.AcceptAsync(Token))!;
        foreach (var size in (int[])[5, 0, 100_000, 0, 0, 70_000, 1])
        {
            var message = (await server.Messages!.ReceiveAsync(Token))!.Value.ToArray();
            Assert.Equal(size, message.Length);
            Assert.True(message.Select((value, at) => value == (byte)at).All(isRight => isRight));
        }

        Assert.Null(await server.Messages!.ReceiveAsync(Token));
    }

    [Fact]
    public async Task Kill_OfAChildInTheMiddleOfAMessage_DeliversNoPartOfIt()
    {
        await using var listener = await Ipc.ListenAsync(_endpoint, cancellationToken: Token);
        await using var child = ChildPeer.Start("send-a-message", _endpoint);
        await using var server = (await listener.AcceptAsync(Token))!;
        Assert.Equal(1, (await server.Messages!.ReceiveAsync(Token))!.Value.Length);
        child.Kill();
        Assert.Null(await server.Messages!.ReceiveAsync(Token));
        Assert.Equal(CloseKind.PeerDied, (await server.Closed.WaitAsync(Token)).Kind);
    }

    private async Task ExpectEchoAsync(MessageChannel messages)
    {
        foreach (var size in Sizes)
        {
            var sent = new byte[size];
            Random.Shared.NextBytes(sent);
            await messages.SendAsync(sent, Token);
            Assert.Equal(sent, (await messages.ReceiveAsync(Token))!.Value.ToArray());
        }
    }
}
