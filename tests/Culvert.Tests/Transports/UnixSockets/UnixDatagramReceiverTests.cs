using System.Net.Sockets;
using Culvert.Connections;
using Culvert.Transports.UnixSockets;

namespace Culvert.Tests.Transports.UnixSockets;

/// <summary>Datagrams with the kernel's word on who sent them.</summary>
public sealed class UnixDatagramReceiverTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TryReceive_OfABurst_BringsEachWithItsSender()
    {
        await using var receiver = await BindAsync("log");
        using var sender = Sender("log");
        for (var i = 0; i < 5; i++) sender.Send([(byte)i, 1, 2]);

        Assert.True(await receiver.WaitToReceiveAsync(Token).AsTask().WaitAsync(Limit, Token));
        var buffer = new byte[100];
        for (var i = 0; i < 5; i++)
        {
            Assert.True(receiver.TryReceive(buffer, out var count, out var from, out var isTruncated));
            Assert.Equal([(byte)i, 1, 2], buffer[..count]);
            Assert.False(isTruncated);
            Assert.Equal(Environment.ProcessId, from!.Value.ProcessId);
            Assert.Equal(Environment.UserName, UnixDatagramReceiver.PeerOf(from.Value).UserName);
        }

        Assert.False(receiver.TryReceive(buffer, out _, out _, out _));
    }

    [Fact]
    public async Task WaitToReceive_WhenNothingIsThere_CompletesAtTheNextDatagram()
    {
        await using var receiver = await BindAsync("log");
        var buffer = new byte[100];
        Assert.False(receiver.TryReceive(buffer, out _, out _, out _));
        var waiting = receiver.WaitToReceiveAsync(Token).AsTask();
        Assert.False(waiting.IsCompleted);

        using var sender = Sender("log");
        sender.Send("x"u8);
        Assert.True(await waiting.WaitAsync(Limit, Token));
        Assert.True(receiver.TryReceive(buffer, out var count, out _, out _));
        Assert.Equal(1, count);
    }

    [Fact]
    public async Task TryReceive_OfALongDatagram_CutsItOffAndSaysSo()
    {
        await using var receiver = await BindAsync("log");
        using var sender = Sender("log");
        sender.Send(new byte[500]);
        Assert.True(receiver.TryReceive(new byte[100], out var count, out _, out var isTruncated));
        Assert.Equal(100, count);
        Assert.True(isTruncated);
    }

    [Fact]
    public async Task TryReceive_OfAnEmptyDatagram_BringsIt()
    {
        await using var receiver = await BindAsync("log");
        using var sender = Sender("log");
        sender.Send(ReadOnlySpan<byte>.Empty);
        Assert.True(receiver.TryReceive(new byte[100], out var count, out _, out _));
        Assert.Equal(0, count);
    }

    [Fact]
    public async Task Bind_WhereAnotherReceives_IsAddressInUse()
    {
        await using var receiver = await BindAsync("log");
        var error = await Assert.ThrowsAsync<ConnectionException>(async () => await BindAsync("log"));
        Assert.Equal(ConnectionError.AddressInUse, error.Error);
    }

    [Fact]
    public async Task Bind_WhereADeadOneLeftItsName_TakesItOver()
    {
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(_folder.Path + "/real"));
            File.Move(_folder.Path + "/real", _folder.Path + "/log");
        }

        Assert.True(File.Exists(_folder.Path + "/log"));
        await using var receiver = await BindAsync("log");
        using var sender = Sender("log");
        sender.Send("x"u8);
        Assert.True(receiver.TryReceive(new byte[10], out _, out _, out _));
    }

    [Fact]
    public async Task Dispose_WhileWaiting_EndsTheWaitAndRemovesTheName()
    {
        var receiver = await BindAsync("log");
        receiver.TryReceive(new byte[1], out _, out _, out _);
        var waiting = receiver.WaitToReceiveAsync(Token).AsTask();
        await receiver.DisposeAsync();
        Assert.False(await waiting.WaitAsync(Limit, Token));
        Assert.False(File.Exists(_folder.Path + "/log"));
    }

    private async Task<UnixDatagramReceiver> BindAsync(string name) => await UnixDatagramReceiver.BindAsync(
        Endpoint.Parse($"unix://{_folder.Path}/{name}"), new ListenerOptions(), cancellationToken: Token);

    private Socket Sender(string name)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint($"{_folder.Path}/{name}"));
        return socket;
    }
}
