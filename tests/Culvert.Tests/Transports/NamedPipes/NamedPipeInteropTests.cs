using System.IO.Pipes;
using System.Text;
using Culvert.Connections;

namespace Culvert.Tests.Transports.NamedPipes;

/// <summary>The other side is .NET's own named pipe, each way round.</summary>
public sealed class NamedPipeInteropTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Listener_WithADotNetClient_TalksBothWays()
    {
        var name = $"culvert-test-{Guid.NewGuid():N}";
        await using var listener = await Ipc.ListenAsync($"pipe://{name}", cancellationToken: Token);
        await using var client = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous);
        await client.ConnectAsync(Token).WaitAsync(Limit, Token);
        await using var server = (await listener.AcceptAsync(Token).AsTask().WaitAsync(Limit, Token))!;
        Assert.Equal(Environment.ProcessId, server.Peer.ProcessId);

        await client.WriteAsync("to culvert"u8.ToArray(), Token);
        var there = await server.Input.ReadAtLeastAsync(10, Token).AsTask().WaitAsync(Limit, Token);
        Assert.Equal("to culvert", Encoding.UTF8.GetString(there.Buffer));
        server.Input.AdvanceTo(there.Buffer.End);

        await server.Output.WriteAsync("to .NET"u8.ToArray(), Token);
        await server.DisposeAsync();
        using var reader = new StreamReader(client);
        Assert.Equal("to .NET", await reader.ReadToEndAsync(Token).WaitAsync(Limit, Token));
    }

    [Fact]
    public async Task Connect_ToADotNetServer_TalksBothWays()
    {
        var name = $"culvert-test-{Guid.NewGuid():N}";
        await using var server = new NamedPipeServerStream(
            name, PipeDirection.InOut, 1, PipeTransmissionMode.Byte,
            PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);
        var accepting = server.WaitForConnectionAsync(Token);
        await using var client = await Ipc.ConnectAsync($"pipe://{name}", cancellationToken: Token)
            .AsTask().WaitAsync(Limit, Token);
        await accepting.WaitAsync(Limit, Token);

        // A pipe of .NET's has no buffer on Windows: what is written is taken when it is read.
        var writing = client.Output.WriteAsync("to .NET"u8.ToArray(), Token).AsTask();
        var buffer = new byte[7];
        await server.ReadExactlyAsync(buffer, Token).AsTask().WaitAsync(Limit, Token);
        await writing.WaitAsync(Limit, Token);
        Assert.Equal("to .NET"u8, buffer);

        await server.WriteAsync("to culvert"u8.ToArray(), Token).AsTask().WaitAsync(Limit, Token);
        await server.DisposeAsync().AsTask().WaitAsync(Limit, Token);
        var there = await client.Input.ReadAtLeastAsync(11, Token).AsTask().WaitAsync(Limit, Token);
        Assert.Equal("to culvert", Encoding.UTF8.GetString(there.Buffer));
        Assert.True(there.IsCompleted);
        Assert.Equal(CloseKind.PeerClosed, (await client.Closed.WaitAsync(Limit, Token)).Kind);
    }

    [Fact]
    public async Task Listener_AtAnAbsolutePath_IsTheOneThatDotNetDials()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A pipe of Windows is no file.");
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "pipe");
        await using var listener = await Ipc.ListenAsync($"pipe://{path}", cancellationToken: Token);
        await using var client = new NamedPipeClientStream(".", path, PipeDirection.InOut, PipeOptions.Asynchronous);
        await client.ConnectAsync(Token).WaitAsync(Limit, Token);
        await using var server = await listener.AcceptAsync(Token).AsTask().WaitAsync(Limit, Token);
        Assert.NotNull(server);
    }
}
