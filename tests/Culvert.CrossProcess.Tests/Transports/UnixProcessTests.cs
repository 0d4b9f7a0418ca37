using Culvert.Connections;

namespace Culvert.CrossProcess.Tests.Transports;

/// <summary><c>unix://</c> across processes, and who is let in.</summary>
public sealed class UnixProcessTests : TransportProcessTests
{
    private static readonly string[] AsNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-").FullName;

    protected override bool IsLocalKernel => true;

    [Fact]
    public async Task Access_OfAnotherUserByDefault_IsNotAllowedByTheKernel()
    {
        SkipUnlessRoot();
        await using var listener = await Ipc.ListenAsync(NewEndpoint(), cancellationToken: Token);
        OpenFolder();
        await using var child = ChildPeer.Start("watch", listener.Endpoint.ToString(), AsNobody);
        Assert.Equal("error NotAllowed", await child.ReadLineAsync(Token));
    }

    [Fact]
    public async Task Access_OfAnotherUserPastTheMode_IsRefusedByTheUserNumberAndOthersGoOn()
    {
        SkipUnlessRoot();
        var options = new ListenerOptions { Access = AccessPolicy.Named(users: ["daemon"]) };
        await using var listener = await Ipc.ListenAsync(NewEndpoint(), options, Token);
        OpenFolder();
        var accepting = AcceptAsync(listener);
        await using var refused = ChildPeer.Start("watch", listener.Endpoint.ToString(), AsNobody);
        Assert.Equal("ready", await refused.ReadLineAsync(Token));
        Assert.StartsWith("closed ", await refused.ReadLineAsync(Token), StringComparison.Ordinal);

        await using var admitted = ChildPeer.Start("send-some", listener.Endpoint.ToString());
        await using var server = await accepting;
        Assert.Equal(admitted.Id, server.Peer.ProcessId);
    }

    [Fact]
    public async Task Access_OfANamedUser_IsAdmittedAndNamed()
    {
        SkipUnlessRoot();
        var options = new ListenerOptions { Access = AccessPolicy.Named(users: ["nobody"]) };
        await using var listener = await Ipc.ListenAsync(NewEndpoint(), options, Token);
        OpenFolder();
        await using var child = ChildPeer.Start("send-some", listener.Endpoint.ToString(), AsNobody);
        await using var server = await AcceptAsync(listener);
        Assert.Equal(65534u, server.Peer.UserId);
        Assert.Equal("nobody", server.Peer.UserName);
    }

    [Fact]
    public async Task Connect_WhereAnotherOwnerIsTrusted_IsWrongOwner()
    {
        Assert.SkipWhen(Environment.UserName == "nobody", "The listener is nobody's here.");
        var endpoint = NewEndpoint();
        await using var listener = await Ipc.ListenAsync(endpoint, cancellationToken: Token);
        var error = await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.ConnectAsync($"{endpoint}?owner=nobody", cancellationToken: Token));
        Assert.Equal(ConnectionError.WrongOwner, error.Error);
        Assert.Contains($"'{Environment.UserName}'", error.Message, StringComparison.Ordinal);

        await using var trusted = await Ipc.ConnectAsync(
            $"{endpoint}?owner={Environment.UserName}", cancellationToken: Token);
        await using var any = await Ipc.ConnectAsync($"{endpoint}?owner=any", cancellationToken: Token);
    }

    [Fact]
    public async Task Connect_ToAListenerOfAnotherUser_IsWrongOwnerUnlessThatOneIsTrusted()
    {
        SkipUnlessRoot();
        var endpoint = NewEndpoint();
        OpenFolder(0x1FF); // Everybody may listen there.
        await using var child = ChildPeer.Start("listen", endpoint, AsNobody);
        Assert.Equal($"ready {endpoint}", await child.ReadLineAsync(Token));
        var error = await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.ConnectAsync($"{endpoint}?owner=root", cancellationToken: Token));
        Assert.Equal(ConnectionError.WrongOwner, error.Error);
        await using var client = await Ipc.ConnectAsync($"{endpoint}?owner=nobody", cancellationToken: Token);
        Assert.Equal("nobody", client.Peer.UserName);
    }

    public override void Dispose()
    {
        base.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    protected override string NewEndpoint()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "unix:// is carried on Linux alone.");
        return $"unix://{_folder}/{Guid.NewGuid():N}.sock";
    }

    private static void SkipUnlessRoot() =>
        Assert.SkipUnless(Environment.UserName == "root", "Running a child as another user takes root.");

    // The folder of the test is this user's alone; here the socket itself has to do the refusing.
    private void OpenFolder(int mode = 0x1ED)
    {
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(_folder, (UnixFileMode)mode);
    }
}
