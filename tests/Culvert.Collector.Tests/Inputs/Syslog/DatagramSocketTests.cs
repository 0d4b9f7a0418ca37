using System.Net.Sockets;
using Culvert.Collector.Inputs;
using Culvert.Collector.Inputs.Syslog;
using Culvert.Connections;
using Culvert.Tests;
using Culvert.Transports.Linux;

namespace Culvert.Collector.Tests.Inputs.Syslog;

/// <summary>Datagrams with the kernel's word on who sent them.</summary>
public sealed class DatagramSocketTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly TempFolder _folder = new();
    private readonly DatagramBurst _burst = new();
    private readonly StopEvent _stop = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string SocketPath => _folder.Path + "/log";

    public void Dispose()
    {
        _stop.Dispose();
        _burst.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Receive_OfABurst_BringsEachWithItsSender()
    {
        using var receiver = await OpenAsync();
        using var sender = Sender();
        for (var i = 0; i < 5; i++) sender.Send([(byte)i, 1, 2]);

        Assert.True(Wait(receiver));
        Assert.Equal(5, _burst.Receive(receiver.Handle));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal([(byte)i, 1, 2], _burst.Bytes(i).ToArray());
            Assert.False(_burst.IsCut(i));
            var from = _burst.CredentialsOf(i)!.Value;
            Assert.Equal(Environment.ProcessId, from.ProcessId);
            Assert.Equal(Environment.UserName, PeerLookup.PeerOf(from).UserName);
        }

        Assert.Equal(0, _burst.Receive(receiver.Handle));
    }

    [Fact]
    public async Task WaitForDatagram_WhenNothingIsThere_CompletesAtTheNextDatagram()
    {
        using var receiver = await OpenAsync();
        Assert.Equal(0, _burst.Receive(receiver.Handle));
        var waiting = Task.Run(() => Wait(receiver), Token);
        Assert.False(waiting.IsCompleted);

        using var sender = Sender();
        sender.Send("x"u8);
        Assert.True(await waiting.WaitAsync(Limit, Token));
        Assert.Equal(1, _burst.Receive(receiver.Handle));
        Assert.Equal(1, _burst.Bytes(0).Length);
    }

    [Fact]
    public async Task Receive_OfALongDatagram_CutsItOffAndSaysSo()
    {
        using var receiver = await OpenAsync();
        using var sender = Sender();
        sender.Send(new byte[InputLimits.DatagramBytesMax + 500]);
        Assert.Equal(1, _burst.Receive(receiver.Handle));
        Assert.Equal(InputLimits.DatagramBytesMax, _burst.Bytes(0).Length);
        Assert.True(_burst.IsCut(0));
    }

    [Fact]
    public async Task Receive_OfAnEmptyDatagram_BringsIt()
    {
        using var receiver = await OpenAsync();
        using var sender = Sender();
        sender.Send(ReadOnlySpan<byte>.Empty);
        Assert.Equal(1, _burst.Receive(receiver.Handle));
        Assert.Equal(0, _burst.Bytes(0).Length);
    }

    [Fact]
    public async Task Open_WhereAnotherReceives_IsAddressInUse()
    {
        using var receiver = await OpenAsync();
        var error = await Assert.ThrowsAsync<ConnectionException>(OpenAsync);
        Assert.Equal(ConnectionError.AddressInUse, error.Error);
    }

    [Fact]
    public async Task Open_WhereADeadOneLeftItsName_TakesItOver()
    {
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(_folder.Path + "/real"));
            File.Move(_folder.Path + "/real", SocketPath);
        }

        Assert.True(File.Exists(SocketPath));
        using var receiver = await OpenAsync();
        using var sender = Sender();
        sender.Send("x"u8);
        Assert.Equal(1, _burst.Receive(receiver.Handle));
    }

    [Fact]
    public async Task Set_WhileWaiting_EndsTheWaitAndDisposeRemovesTheName()
    {
        var receiver = await OpenAsync();
        var waiting = Task.Run(
            () => _stop.WaitForDatagram(receiver.Handle, Timeout.InfiniteTimeSpan, out _), Token);
        _stop.Set();
        Assert.True(await waiting.WaitAsync(Limit, Token));
        receiver.Dispose();
        Assert.False(File.Exists(SocketPath));
    }

    private async Task<DatagramSocket> OpenAsync() => await DatagramSocket.OpenAsync(
        Endpoint.Parse($"syslog+unix://{SocketPath}"), AccessPolicy.SameUser, inherited: null, Token);

    private Socket Sender()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(SocketPath));
        return socket;
    }

    private bool Wait(DatagramSocket receiver)
    {
        Assert.False(_stop.WaitForDatagram(receiver.Handle, Limit, out var hasDatagram));
        return hasDatagram;
    }
}
