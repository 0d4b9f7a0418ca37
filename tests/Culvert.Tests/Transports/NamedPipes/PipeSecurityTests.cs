using System.IO.Pipes;
using System.Security.Principal;
using Culvert.Connections;
using Culvert.Tests.Conformance;
using Culvert.Transports.NamedPipes;
using Culvert.Transports.Windows;

namespace Culvert.Tests.Transports.NamedPipes;

/// <summary>Who may do what at a named pipe: what the system is told, and what peers then can.</summary>
public sealed class PipeSecurityTests : IDisposable
{
    // FILE_GENERIC_READ and FILE_GENERIC_WRITE without FILE_APPEND_DATA, which is FILE_CREATE_PIPE_INSTANCE.
    private const string Client = "0x12019b";

    private readonly CancellationTokenSource _limit =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    private readonly string _name = $"culvert-test-{Guid.NewGuid():N}";

    public PipeSecurityTests()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), "Security descriptors are Windows' own.");
        _limit.CancelAfter(TimeSpan.FromSeconds(20));
    }

    private CancellationToken Token => _limit.Token;

    public void Dispose() => _limit.Dispose();

    [Fact]
    public void Descriptor_ByDefault_GrantsThisUserAloneAndDeniesTheNetwork()
    {
        if (!OperatingSystem.IsWindows()) return;
        var text = new WindowsAccess(AccessPolicy.SameUser).PipeSddl(admitsRemote: false);
        Assert.Equal($"O:{TestUser.Sid}D:P(D;;FA;;;NU)(A;;FA;;;{TestUser.Sid})", text);
        Assert.Equal(
            $"O:{TestUser.Sid}D:P(A;;FA;;;{TestUser.Sid})",
            new WindowsAccess(AccessPolicy.SameUser).PipeSddl(admitsRemote: true));
    }

    [Fact]
    public void Descriptor_OfNamedUsersAndGroups_LetsThemReadAndWriteButMakeNoInstance()
    {
        if (!OperatingSystem.IsWindows()) return;
        var policy = AccessPolicy.Named(users: ["S-1-5-19"], groups: ["S-1-5-32-545"]);
        var text = new WindowsAccess(policy).PipeSddl(admitsRemote: false);
        Assert.StartsWith($"O:{TestUser.Sid}D:P(D;;FA;;;NU)(A;;FA;;;{TestUser.Sid})", text, StringComparison.Ordinal);
        Assert.Contains($"(A;;{Client};;;S-1-5-19)", text, StringComparison.Ordinal);
        Assert.Contains($"(A;;{Client};;;S-1-5-32-545)", text, StringComparison.Ordinal);
        Assert.Equal(4, text.Count(character => character == '('));
    }

    [Fact]
    public void Descriptor_OfEveryoneLocal_StillDeniesTheNetwork()
    {
        if (!OperatingSystem.IsWindows()) return;
        var text = new WindowsAccess(AccessPolicy.EveryoneLocal).PipeSddl(admitsRemote: false);
        Assert.Equal($"O:{TestUser.Sid}D:P(D;;FA;;;NU)(A;;FA;;;{TestUser.Sid})(A;;{Client};;;WD)", text);
        Assert.NotEmpty(new WindowsAccess(AccessPolicy.EveryoneLocal).PipeDescriptor(admitsRemote: false));
    }

    [Fact]
    public async Task Connect_WhereAnotherOwnerIsDemanded_IsWrongOwner()
    {
        await using var listener = await Ipc.ListenAsync($"pipe://{_name}", cancellationToken: Token);
        var error = await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.ConnectAsync($"pipe://{_name}?owner=S-1-5-19", cancellationToken: Token));
        Assert.Equal(ConnectionError.WrongOwner, error.Error);

        await using var trusting = await Ipc.ConnectAsync($"pipe://{_name}?owner=any", cancellationToken: Token);
        Assert.Equal(Environment.ProcessId, trusting.Peer.ProcessId);
    }

    [Fact]
    public async Task Owner_OfAListener_IsThisUserInThePipesOwnDescriptor()
    {
        if (!OperatingSystem.IsWindows()) return;
        await using var listener = await Ipc.ListenAsync($"pipe://{_name}", cancellationToken: Token);
        await using var client = new NamedPipeClientStream(".", _name, PipeDirection.InOut, PipeOptions.Asynchronous);
        await client.ConnectAsync(Token);
        Assert.Equal(TestUser.Sid, PipeOwner.Of(client.SafePipeHandle)?.Value);
    }

    [Theory]
    [InlineData("S-1-5-19", "S-1-5-19", true)]
    [InlineData("S-1-5-19", null, true)] // A process that this user may not open.
    [InlineData(null, "S-1-5-19", true)]
    [InlineData(null, null, false)]
    [InlineData("S-1-5-20", "S-1-5-19", false)] // Somebody lets others add instances to its name.
    [InlineData("S-1-5-19", "S-1-5-20", false)]
    [InlineData("S-1-5-32-544", "S-1-5-19", true)] // An administrator's own default owner.
    [InlineData("S-1-5-32-544", null, false)]
    public void Owner_AsTheDescriptorAndTheProcessSay_IsTrustedOnlyIfNothingSpeaksAgainstIt(
        string? owner, string? user, bool isTrusted)
    {
        if (!OperatingSystem.IsWindows()) return;
        var trusted = new SecurityIdentifier("S-1-5-19");
        var of = (string? text) => text is null ? null : new SecurityIdentifier(text);
        Assert.Equal(isTrusted, PipeOwner.IsTrusted(of(owner), of(user), trusted));
    }

    [Fact]
    public async Task Listen_WhileASquatterWantsTheNameToo_KeepsIt()
    {
        Assert.SkipWhen(Wine.IsHere, "Wine does not enforce FILE_FLAG_FIRST_PIPE_INSTANCE.");
        await using var listener = await Ipc.ListenAsync($"pipe://{_name}", cancellationToken: Token);
        Assert.Throws<UnauthorizedAccessException>(() => new NamedPipeServerStream(
            _name, PipeDirection.InOut, NamedPipeServerStream.MaxAllowedServerInstances, PipeTransmissionMode.Byte,
            PipeOptions.FirstPipeInstance));
        await using var client = await Ipc.ConnectAsync($"pipe://{_name}", cancellationToken: Token);
        Assert.Equal(Environment.ProcessId, (await listener.AcceptAsync(Token))!.Peer.ProcessId);
    }

    [Fact]
    public async Task Connect_OverTheNetworkWithoutPermission_IsRefused()
    {
        Assert.SkipWhen(Wine.IsHere, "Wine has no pipes over the network.");
        await using var listener = await Ipc.ListenAsync($"pipe://{_name}", cancellationToken: Token);
        await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.ConnectAsync($"pipe://{Environment.MachineName}/{_name}", cancellationToken: Token));
    }

    /// <summary>What a listener grants to others is granted to this user here, who then is such a client.</summary>
    [Fact]
    public async Task Create_OfAnInstanceWithAClientsRights_IsDenied()
    {
        Assert.SkipWhen(Wine.IsHere, "Wine does not enforce the descriptor of a pipe.");
        await using var server = CreateAsClient();
        Assert.Throws<UnauthorizedAccessException>(CreateAsClient);
        await using var client = await Ipc.ConnectAsync($"pipe://{_name}?owner=any", cancellationToken: Token);
    }

    [Fact]
    public async Task Listen_WhereASquatterHasTheName_IsAddressInUse()
    {
        Assert.SkipWhen(Wine.IsHere, "Wine does not enforce FILE_FLAG_FIRST_PIPE_INSTANCE.");
        await using var squatter = new NamedPipeServerStream(
            _name, PipeDirection.InOut, NamedPipeServerStream.MaxAllowedServerInstances);
        var error = await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.ListenAsync($"pipe://{_name}", cancellationToken: Token));
        Assert.Equal(ConnectionError.AddressInUse, error.Error);
    }

    [Fact]
    public async Task Listen_WithOneInstance_TellsTheSecondClientThatItIsBusyUntilTheFirstHasGone()
    {
        await using var listener = await Ipc.ListenAsync($"pipe://{_name}?instances=1", cancellationToken: Token);
        for (var i = 0; i < 3; i++)
        {
            await using var first = await Ipc.ConnectAsync($"pipe://{_name}", cancellationToken: Token);
            await using var server = await listener.AcceptAsync(Token);
            var shortly = new ConnectOptions { Timeout = TimeSpan.FromMilliseconds(200) };
            var error = await Assert.ThrowsAsync<ConnectionException>(
                async () => await Ipc.ConnectAsync($"pipe://{_name}", shortly, Token));
            Assert.Equal(ConnectionError.Busy, error.Error);
        }
    }

    [Theory]
    [InlineData("", 65_536)]
    [InlineData("?buffer=8192&timeout=250", 8_192)]
    [InlineData("?mode=message&buffer=1048576", 1_048_576)]
    public async Task Listen_WithABuffer_TheSystemHasItForEachDirection(string options, int bytes)
    {
        if (!OperatingSystem.IsWindows()) return;
        await using var listener = await Ipc.ListenAsync($"pipe://{_name}{options}", cancellationToken: Token);
        await using var client = new NamedPipeClientStream(".", _name, PipeDirection.InOut, PipeOptions.Asynchronous);
        await client.ConnectAsync(Token);

        Assert.Equal((bytes, bytes), (client.InBufferSize, client.OutBufferSize));
    }

    [Fact]
    public async Task Listen_AfterTheSystemHadNoInstanceForIt_AcceptsAgain()
    {
        var log = new LineLogger();
        await using var listener = await Ipc.ListenAsync(
            $"pipe://{_name}?instances=1", new ListenerOptions { Logger = log }, Token);
        NamedPipeServerStream? taken = null;
        while (taken is null)
        {
            var client = await Ipc.ConnectAsync($"pipe://{_name}", cancellationToken: Token);
            await (await listener.AcceptAsync(Token))!.DisposeAsync();
            await client.DisposeAsync();

            // The listener wants its only instance back at this moment, and so does this: one of both gets it.
            taken = TryTakeInstance();
        }

        await log.WaitForAsync("no further instance", Token);
        await taken.DisposeAsync();
        await using var after = await Ipc.ConnectAsync($"pipe://{_name}", cancellationToken: Token);
        await using var server = await listener.AcceptAsync(Token);
        Assert.NotNull(server);
    }

    [Fact]
    public async Task Connect_WhileTheListenerIsBusy_EndsByCancellationAtOnce()
    {
        await using var listener = await Ipc.ListenAsync($"pipe://{_name}?instances=1", cancellationToken: Token);
        await using var first = await Ipc.ConnectAsync($"pipe://{_name}", cancellationToken: Token);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var waiting = Ipc.ConnectAsync($"pipe://{_name}", cancellationToken: cancel.Token).AsTask();
        Assert.False(waiting.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Token));
    }

    [Theory]
    [InlineData("pipe://")]
    [InlineData("pipe:///name")]
    [InlineData("pipe://host/a/b")]
    [InlineData("pipe://a\\b")]
    [InlineData("pipe://a?mode=datagram")]
    [InlineData("pipe://a?instances=0")]
    [InlineData("pipe://a?instances=254")]
    [InlineData("pipe://a?buffer=1")]
    [InlineData("pipe://a?timeout=-1")]
    [InlineData("pipe://a?remote=maybe")]
    [InlineData("pipe://a?other=1")]
    public async Task Endpoint_ThatIsNone_IsRefusedWithASentence(string text)
    {
        var error = await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.ListenAsync(text, cancellationToken: Token));
        Assert.Equal(ConnectionError.InvalidEndpoint, error.Error);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listen_OnAnotherMachine_IsRefused()
    {
        var error = await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.ListenAsync($"pipe://elsewhere/{_name}", cancellationToken: Token));
        Assert.Equal(ConnectionError.InvalidEndpoint, error.Error);
    }

    [Fact]
    public async Task Accept_AfterForeignClientsOfEveryBadKind_ServesTheNext()
    {
        await using var listener = await Ipc.ListenAsync($"pipe://{_name}", cancellationToken: Token);
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        for (var i = 0; i < 30; i++)
        {
            await using var bad = new NamedPipeClientStream(".", _name, PipeDirection.InOut, PipeOptions.Asynchronous);
            await bad.ConnectAsync(Token);
            var bytes = new byte[random.Next(5000)];
            random.NextBytes(bytes);
            await bad.WriteAsync(bytes, Token);
            await bad.DisposeAsync();
            await using var server = (await listener.AcceptAsync(Token))!;
            long count = 0;
            while (true)
            {
                var result = await server.Input.ReadAsync(Token);
                count += result.Buffer.Length;
                server.Input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) break;
            }

            Assert.Equal(bytes.Length, count);
        }

        await using var good = await Ipc.ConnectAsync($"pipe://{_name}", cancellationToken: Token);
        await using var served = await listener.AcceptAsync(Token);
        Assert.NotNull(served);
    }

    private NamedPipeServerStream? TryTakeInstance()
    {
        if (!OperatingSystem.IsWindows()) throw new PlatformNotSupportedException();
        try
        {
            return new NamedPipeServerStream(
                _name, PipeDirection.InOut, NamedPipeServerStream.MaxAllowedServerInstances,
                PipeTransmissionMode.Message);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private NamedPipeServerStream CreateAsClient()
    {
        if (!OperatingSystem.IsWindows()) throw new PlatformNotSupportedException();
        var security = new PipeSecurity();
        security.SetSecurityDescriptorSddlForm($"D:P(A;;{Client};;;{TestUser.Sid})");
        return NamedPipeServerStreamAcl.Create(
            _name, PipeDirection.InOut, 2, PipeTransmissionMode.Byte, PipeOptions.Asynchronous, 0, 0, security);
    }
}
