using System.Buffers;
using Culvert.Connections;
using Culvert.Tests;

namespace Culvert.CrossProcess.Tests.Transports;

/// <summary>The promises of every transport that joins processes, with a real process on the other side.</summary>
public abstract class TransportProcessTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private const int Fill = 100_000;

    private readonly CancellationTokenSource _limit =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    protected TransportProcessTests() => _limit.CancelAfter(Limit);

    /// <summary>The kernel tells a local peer's process, its death and how it closed.</summary>
    protected abstract bool IsLocalKernel { get; }

    /// <summary>Bytes that end without the peer's word that they are whole fail the read behind the last one.</summary>
    protected virtual bool TellsCutOff => false;

    /// <summary>It is a named pipe of Windows.</summary>
    protected virtual bool IsWindowsPipe => false;

    /// <summary>The kernel, or whoever started it, tells that a process died.</summary>
    protected virtual bool TellsDeath => IsLocalKernel;

    /// <summary>How an exit with code 0 looks that closed nothing before.</summary>
    protected virtual CloseKind ExitKind => CloseKind.PeerDied;

    /// <summary>An abort by the child is told from a close, and one by this side.</summary>
    protected virtual bool TellsChildsAbort => true;

    protected virtual bool TellsAbort => true;

    protected virtual bool HasIdentity => IsLocalKernel;

    private bool GivesNamesTwice => IsWindowsPipe && Wine.IsHere;

    private CloseKind DeathKind => TellsDeath ? CloseKind.PeerDied : CloseKind.PeerClosed;

    protected CancellationToken Token => _limit.Token;

    protected abstract string NewEndpoint();

    public virtual void Dispose()
    {
        _limit.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Stream_FromAChildThatClosesAtOnce_ArrivesWhole()
    {
        await using var pair = await StartAsync("send-and-close");
        var (child, server) = pair;
        Assert.Equal(Fill, await CountAsync(server));
        if (IsLocalKernel) Assert.Equal(CloseKind.PeerClosed, (await server.Closed.WaitAsync(Token)).Kind);
    }

    [Fact]
    public async Task Stream_FromAChildThatExitsWithoutClosing_ArrivesWholeAndTheDeathIsTold()
    {
        await using var pair = await StartAsync("send-and-exit");
        var (child, server) = pair;
        Assert.Equal(Fill, await CountToCutOffAsync(server));
        if (TellsCutOff) Assert.Equal(CloseKind.PeerAborted, (await server.Closed.WaitAsync(Token)).Kind);
        if (IsLocalKernel) Assert.Equal(ExitKind, (await server.Closed.WaitAsync(Token)).Kind);
    }

    [Fact]
    public async Task HalfClose_ByAChild_LetsTheAnswerArriveAndCompletesBoth()
    {
        await using var pair = await StartAsync("half-close");
        var (child, server) = pair;
        Assert.Equal(Fill, await CountAsync(server));
        await server.Output.WriteAsync(new byte[5000], Token);
        await server.Output.CompleteAsync();

        Assert.Equal("ready", await child.ReadLineAsync(Token));
        Assert.Equal("got 5000", await child.ReadLineAsync(Token));
        Assert.Equal("closed Completed", await child.ReadLineAsync(Token));
        Assert.Equal(CloseKind.Completed, (await server.Closed.WaitAsync(Token)).Kind);
    }

    [Fact]
    public async Task Abort_ByAChild_FailsTheReadHere()
    {
        Assert.SkipWhen(!IsLocalKernel && Wine.IsHere, "Wine shows a reset as an end where it is received.");
        Assert.SkipUnless(TellsChildsAbort, "The mechanism shows a client's abort as a close.");
        await using var pair = await StartAsync("abort");
        var (child, server) = pair;
        var first = await server.Input.ReadAtLeastAsync(10, Token);
        server.Input.AdvanceTo(first.Buffer.End);
        await child.NudgeAsync();

        await Assert.ThrowsAsync<ConnectionException>(() => CountAsync(server));
        Assert.Equal(CloseKind.PeerAborted, (await server.Closed.WaitAsync(Token)).Kind);
    }

    [Fact]
    public async Task Kill_OfAChildThatHalfSent_EndsTheReadAndIsTold()
    {
        await using var pair = await StartAsync("send-some");
        var (child, server) = pair;
        var first = await server.Input.ReadAtLeastAsync(10, Token);
        server.Input.AdvanceTo(first.Buffer.GetPosition(5), first.Buffer.End);
        var rest = CountToCutOffAsync(server);
        child.Kill();

        // A read that fails does not show again what was seen before.
        Assert.Equal(TellsCutOff ? 0 : 5, await rest.WaitAsync(Token));
        if (IsLocalKernel) Assert.Equal(DeathKind, (await server.Closed.WaitAsync(Token)).Kind);
    }

    [Fact]
    public async Task Kill_OfAChildWithBytesUnread_IsToldWithoutARead()
    {
        Assert.SkipUnless(IsLocalKernel, "TCP shows a dead peer's unread bytes as an abort.");
        await using var pair = await StartAsync("watch");
        var (child, server) = pair;
        await server.Output.WriteAsync(new byte[1000], Token);
        child.Kill();
        Assert.Equal(DeathKind, (await server.Closed.WaitAsync(Token)).Kind);
    }

    [Fact]
    public async Task Kill_OfAStoppedChildThatDoesNotRead_EndsTheFlushThatWaits()
    {
        await using var pair = await StartAsync("watch");
        var (child, server) = pair;
        await child.StopAsync();
        ValueTask<System.IO.Pipelines.FlushResult> flush;
        long sent = 0;
        do
        {
            flush = server.Output.WriteAsync(new byte[64 * 1024], Token);
            Assert.InRange(sent += 64 * 1024, 0, 64 * 1024 * 1024);
        }
        while (flush.IsCompleted);

        child.Kill();
        Assert.True((await flush.AsTask().WaitAsync(Token)).IsCompleted);
    }

    [Fact]
    public async Task Close_Here_IsToldToTheChild()
    {
        Assert.SkipUnless(IsLocalKernel, "TCP cannot tell a close from a half-close before something is sent.");
        await using var pair = await StartAsync("watch");
        var (child, server) = pair;
        Assert.Equal("ready", await child.ReadLineAsync(Token));
        await server.DisposeAsync();
        Assert.Equal("closed PeerClosed", await child.ReadLineAsync(Token));
    }

    [Fact]
    public async Task Abort_Here_StopsAChildThatSends()
    {
        await using var pair = await StartAsync("fill");
        var (child, server) = pair;
        await server.Input.ReadAtLeastAsync(1, Token);
        server.Abort("Enough.");
        Assert.Equal("ready", await child.ReadLineAsync(Token));
        Assert.Equal(TellsAbort ? "closed PeerAborted" : "closed PeerClosed", await child.ReadLineAsync(Token));
    }

    [Fact]
    public async Task Peer_OfAChild_IsTheChild()
    {
        Assert.SkipUnless(HasIdentity, "The mechanism names no process.");
        await using var pair = await StartAsync("send-some");
        var (child, server) = pair;
        Assert.Equal(child.Id, server.Peer.ProcessId);
        Assert.Equal(Environment.UserName, server.Peer.UserName);
        Assert.StartsWith("Culvert.TestPeer", Path.GetFileName(server.Peer.ExecutablePath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listener_KilledAndStartedAgain_TakesItsNameOver()
    {
        var endpoint = NewEndpoint();
        await using (var first = ChildPeer.Start("listen", endpoint))
        {
            endpoint = (await first.ReadLineAsync(Token))!["ready ".Length..];
            await EchoAsync(endpoint);

            // While it lives nobody takes its name, not even a second process at the same moment.
            if (!GivesNamesTwice)
            {
                var error = await Assert.ThrowsAsync<ConnectionException>(
                    async () => await Ipc.ListenAsync(endpoint, cancellationToken: Token));
                Assert.Equal(ConnectionError.AddressInUse, error.Error);
                await EchoAsync(endpoint);
            }

            first.Kill();
        }

        await using var second = ChildPeer.Start("listen", endpoint);
        Assert.Equal($"ready {endpoint}", await second.ReadLineAsync(Token));
        await EchoAsync(endpoint);
    }

    [Fact]
    public async Task Listener_WithAStoppedProcess_IsNeverTakenOver()
    {
        Assert.SkipWhen(GivesNamesTwice, "Wine gives a second listener the name.");
        await using var child = ChildPeer.Start("listen", NewEndpoint());
        var endpoint = (await child.ReadLineAsync(Token))!["ready ".Length..];
        await child.StopAsync();
        var error = await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.ListenAsync(endpoint, cancellationToken: Token));
        Assert.Equal(ConnectionError.AddressInUse, error.Error);
    }

    /// <summary>A child in this role, and the connection to it.</summary>
    private protected virtual async Task<ChildPair> StartAsync(string role)
    {
        var listener = await Ipc.ListenAsync(NewEndpoint(), cancellationToken: Token);
        var child = ChildPeer.Start(role, listener.Endpoint.ToString());
        try
        {
            return new ChildPair(child, await AcceptAsync(listener), listener);
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    protected async Task<Connection> AcceptAsync(Listener listener) =>
        (await listener.AcceptAsync(Token).AsTask().WaitAsync(Token))!;

    private async Task EchoAsync(string endpoint)
    {
        await using var connection = await Ipc.ConnectAsync(endpoint, cancellationToken: Token);
        await connection.Output.WriteAsync("hello"u8.ToArray(), Token);
        var answer = await connection.Input.ReadAtLeastAsync(5, Token);
        Assert.Equal("hello"u8, answer.Buffer.ToArray());
        connection.Input.AdvanceTo(answer.Buffer.End);
    }

    private async Task<long> CountAsync(Connection connection)
    {
        long count = 0;
        await foreach (var bytes in ReadAsync(connection)) count += bytes;
        return count;
    }

    /// <summary>Counts to the end that a peer's death is, whichever it is to the mechanism.</summary>
    private async Task<long> CountToCutOffAsync(Connection connection)
    {
        long count = 0;
        try
        {
            await foreach (var bytes in ReadAsync(connection)) count += bytes;
            Assert.False(TellsCutOff, "The end was taken for a good one.");
        }
        catch (ConnectionException) when (TellsCutOff)
        {
            // What was sent before it arrived whole.
        }

        return count;
    }

    private async IAsyncEnumerable<long> ReadAsync(Connection connection)
    {
        while (true)
        {
            var result = await connection.Input.ReadAsync(Token);
            yield return result.Buffer.Length;
            connection.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) yield break;
        }
    }
}
