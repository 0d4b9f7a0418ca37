using System.IO.Pipes;
using Culvert.Connections;
using Culvert.Tests.Conformance;
using Culvert.Transports.Windows;

namespace Culvert.Tests.Transports.NamedPipes;

/// <summary>How a pipe of Windows ends, also with foreign programs on the other side.</summary>
public sealed class PipeEndTests : IDisposable
{
    private readonly CancellationTokenSource _limit =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    private readonly string _name = $"culvert-test-{Guid.NewGuid():N}";

    public PipeEndTests()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), "These are the ends of a pipe of Windows.");
        _limit.CancelAfter(TimeSpan.FromSeconds(20));
    }

    private CancellationToken Token => _limit.Token;

    public void Dispose() => _limit.Dispose();

    [Theory]
    [InlineData(60_000)] // In the pipe's buffer when the server has gone.
    [InlineData(600_000)]
    public async Task Close_OfTheServerAtOnce_LeavesTheLastByteToASlowReader(int count)
    {
        var listener = await Ipc.ListenAsync($"pipe://{_name}", cancellationToken: Token);
        await using var client = new NamedPipeClientStream(".", _name, PipeDirection.InOut, PipeOptions.Asynchronous);
        await client.ConnectAsync(Token);
        var server = (await listener.AcceptAsync(Token))!;
        var writing = server.SendAsync(Bytes.Make(0, count), Token);
        var closing = CloseAsync();
        if (count == 60_000) await closing.WaitAsync(Token); // Nothing was read yet.

        var buffer = new byte[777];
        long place = 0;
        while (await client.ReadAsync(buffer, Token) is > 0 and var read)
        {
            Assert.Equal(Bytes.Make(place, read), buffer[..read]);
            place += read;
        }

        Assert.Equal(count, place);
        await closing.WaitAsync(Token);

        async Task CloseAsync()
        {
            await writing;
            await server.DisposeAsync();
            await listener.DisposeAsync();
        }
    }

    [Fact]
    public async Task Abort_ByTheClientAfterItsHalfClose_IsToldAsAbort()
    {
        await using var pair = await ConnectionPair.OpenAsync($"pipe://{_name}", Token);
        await pair.Client.Output.CompleteAsync();
        Assert.Equal(0, await pair.Server.ReadToEndAsync(Token));
        pair.Client.Abort("The test aborts.");
        Assert.Equal(CloseKind.PeerAborted, (await pair.Server.Closed.WaitAsync(Token)).Kind);
    }

    [Fact]
    public async Task Write_AfterTheClientAborted_IsToldAsAbortAlthoughBytesLieUnread()
    {
        await using var pair = await ConnectionPair.OpenAsync($"pipe://{_name}", Token);
        var (_, waiting) = await pair.Client.FillAsync();
        pair.Client.Abort("The test aborts.");
        await waiting;
        while (!(await pair.Server.Output.WriteAsync(new byte[1000], Token)).IsCompleted)
        {
        }

        Assert.Equal(CloseKind.PeerAborted, (await pair.Server.Closed.WaitAsync(Token)).Kind);
    }

    [Fact]
    public async Task Write_AfterTheClientHalfClosedAndClosed_IsToldAsClose()
    {
        await using var pair = await ConnectionPair.OpenAsync($"pipe://{_name}", Token);
        await pair.Client.SendAsync(Bytes.Make(0, 50_000), Token);
        await pair.Client.Output.CompleteAsync();
        await pair.Client.DisposeAsync();
        while (!(await pair.Server.Output.WriteAsync(new byte[1000], Token)).IsCompleted)
        {
        }

        Assert.Equal(CloseKind.PeerClosed, (await pair.Server.Closed.WaitAsync(Token)).Kind);
        Assert.Equal(50_000, await pair.Server.ReadToEndAsync(Token));
    }

    [Fact]
    public async Task Close_OfAForeignClient_IsNoAbort()
    {
        await using var listener = await Ipc.ListenAsync($"pipe://{_name}", cancellationToken: Token);
        var client = new NamedPipeClientStream(".", _name, PipeDirection.InOut, PipeOptions.Asynchronous);
        await client.ConnectAsync(Token);
        await using var server = (await listener.AcceptAsync(Token))!;
        await client.WriteAsync(Bytes.Make(0, 100), Token);
        await client.DisposeAsync();
        Assert.Equal(100, await server.ReadToEndAsync(Token));
        Assert.Equal(CloseKind.PeerClosed, (await server.Closed.WaitAsync(Token)).Kind);
    }

    [Fact]
    public async Task Write_OfNoBytesByAForeignClient_EndsNothing()
    {
        await using var listener = await Ipc.ListenAsync($"pipe://{_name}", cancellationToken: Token);
        await using var client = new NamedPipeClientStream(".", _name, PipeDirection.InOut);
        await client.ConnectAsync(Token);
        await using var server = (await listener.AcceptAsync(Token))!;
        WriteNothing(client);
        client.Write(Bytes.Make(0, 100));
        Assert.Equal(Bytes.Make(0, 100), await server.ReadExactlyAsync(100, Token));
    }

    private static unsafe void WriteNothing(NamedPipeClientStream client)
    {
        if (!OperatingSystem.IsWindows()) return;
        byte none;
        uint written;
        Assert.True(Kernel32.WriteFile(client.SafePipeHandle, &none, 0, &written, null));
    }
}
