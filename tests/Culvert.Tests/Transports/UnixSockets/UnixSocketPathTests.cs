using System.Net.Sockets;
using Culvert.Connections;

namespace Culvert.Tests.Transports.UnixSockets;

/// <summary>Names in the file system: what is taken over, what is left alone, and with which modes.</summary>
[Trait("system", "linux")]
public sealed class UnixSocketPathTests : IDisposable
{
    private const int OwnerOnlySocket = 0x180;
    private const int OwnerOnlyFolder = 0x1C0;
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Bind_WhereAFileIsInTheWay_LeavesItAlone()
    {
        var path = Path.Combine(_folder.Path, "file");
        await File.WriteAllTextAsync(path, "precious", Token);
        var error = await Assert.ThrowsAsync<ConnectionException>(async () => await ListenAsync(path));
        Assert.Equal(ConnectionError.AddressInUse, error.Error);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(path, Token));
    }

    [Fact]
    public async Task Bind_WhereALinkIsInTheWay_LeavesItAndItsTargetAlone()
    {
        var target = Path.Combine(_folder.Path, "target");
        var link = Path.Combine(_folder.Path, "link");
        await File.WriteAllTextAsync(target, "precious", Token);
        File.CreateSymbolicLink(link, target);
        await Assert.ThrowsAsync<ConnectionException>(async () => await ListenAsync(link));
        Assert.Equal(target, new FileInfo(link).LinkTarget);
    }

    [Fact]
    public async Task Bind_ByManyAtOnceOverAStaleSocket_IsWonByExactlyOne()
    {
        var path = Path.Combine(_folder.Path, "s");
        LeaveStale(path);
        var tries = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            try
            {
                return await ListenAsync(path);
            }
            catch (ConnectionException e) when (e.Error == ConnectionError.AddressInUse)
            {
                return null;
            }
        })));

        var winner = Assert.Single(tries, listener => listener is not null)!;
        await using var client = await Ipc.ConnectAsync(winner.Endpoint, cancellationToken: Token);
        await winner.DisposeAsync();
    }

    [Fact]
    public async Task Unbind_AfterTheNameWasGivenToAnother_RemovesNothing()
    {
        var path = Path.Combine(_folder.Path, "s");
        var first = await ListenAsync(path);
        File.Delete(path);
        await using var second = await ListenAsync(path);
        await first.DisposeAsync();
        await using var client = await Ipc.ConnectAsync(second.Endpoint, cancellationToken: Token);
    }

    [Fact]
    public async Task Bind_InAMissingFolder_MakesItForThisUserAlone()
    {
        var path = Path.Combine(_folder.Path, "new", "s");
        await using var listener = await ListenAsync(path);
        Assert.Equal(OwnerOnlySocket, Mode(path));
        Assert.Equal(OwnerOnlyFolder, Mode(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public async Task Bind_InAFolderThatIsThere_NeverChangesIt()
    {
        if (OperatingSystem.IsWindows()) return;
        const UnixFileMode Wide = (UnixFileMode)0x1ED;
        File.SetUnixFileMode(_folder.Path, Wide);
        var path = Path.Combine(_folder.Path, "s");
        await using var listener = await ListenAsync(path);
        Assert.Equal((int)Wide, Mode(_folder.Path));
        Assert.Equal(OwnerOnlySocket, Mode(path));
    }

    [Fact]
    public async Task Bind_ForEveryoneLocal_WidensTheSocket()
    {
        var path = Path.Combine(_folder.Path, "s");
        await using var listener = await Ipc.ListenAsync(
            $"unix://{path}", new ListenerOptions { Access = AccessPolicy.EveryoneLocal }, Token);
        Assert.Equal(0x1B6, Mode(path));
    }

    [Fact]
    public async Task Bind_ForAUserThatIsUnknown_SaysSo()
    {
        var options = new ListenerOptions { Access = AccessPolicy.Named(users: ["no-such-user"]) };
        var error = await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.ListenAsync($"unix://{_folder.Path}/s", options, Token));
        Assert.Contains("no-such-user", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_WhileTheQueueIsFull_IsBusyWithinTheDeadline()
    {
        await using var listener = await Ipc.ListenAsync(
            $"unix://{_folder.Path}/s", new ListenerOptions { Backlog = 1 }, Token);
        var options = new ConnectOptions { Timeout = TimeSpan.FromMilliseconds(200) };
        var waiting = new List<Connection>();
        ConnectionException? error = null;
        while (error is null)
        {
            try
            {
                waiting.Add(await Ipc.ConnectAsync(listener.Endpoint, options, Token));
            }
            catch (ConnectionException e)
            {
                error = e;
            }
        }

        Assert.Equal(ConnectionError.Busy, error.Error);
        Assert.InRange(waiting.Count, 1, 10);
        foreach (var connection in waiting) await connection.DisposeAsync();
    }

    [Fact]
    public async Task Connect_ToAPathThatIsTooLong_IsInvalidEndpoint()
    {
        var error = await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.ConnectAsync($"unix:///{new string('a', 200)}", cancellationToken: Token));
        Assert.Equal(ConnectionError.InvalidEndpoint, error.Error);
    }

    private static int Mode(string path) => OperatingSystem.IsWindows() ? 0 : (int)File.GetUnixFileMode(path);

    private static void LeaveStale(string path)
    {
        using var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        dead.Bind(new UnixDomainSocketEndPoint(path + ".bound"));
        dead.Listen();
        File.Move(path + ".bound", path); // Its owner removes the name that it knows, as no dead process would.
    }

    private static async Task<Listener> ListenAsync(string path) =>
        await Ipc.ListenAsync($"unix://{path}", cancellationToken: Token);
}
