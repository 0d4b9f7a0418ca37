using System.Threading.Channels;
using Culvert.Connections;
using Culvert.Transports.AnonymousPipes;
using Culvert.Transports.StandardStreams;

namespace Culvert.CrossProcess.Tests.Transports;

/// <summary>Children of other makes on Windows, as <see cref="ChildConnectionTests"/> has them for Linux.</summary>
public sealed class WindowsChildTests : IDisposable
{
    private readonly CancellationTokenSource _limit =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public WindowsChildTests() => _limit.CancelAfter(TimeSpan.FromSeconds(30));

    private CancellationToken Token => _limit.Token;

    public void Dispose() => _limit.Dispose();

    [Theory]
    [InlineData("no-such-program-of-culvert.exe", ConnectionError.NobodyListens)]
    [InlineData("batch.cmd", ConnectionError.InvalidEndpoint)]
    public async Task Start_OfWhatIsNoProgram_SaysWhich(string program, ConnectionError expected)
    {
        SkipElsewhere();
        var error = await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.StartChildAsync(new ChildOptions { FileName = program }, Token));
        Assert.Equal(expected, error.Error);
        Assert.Contains(program, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exit_WithACode_IsToldWithIt()
    {
        SkipElsewhere();
        await using var child = await Ipc.StartChildAsync(Cmd("exit 3"), Token);
        var reason = await child.Closed.WaitAsync(Token);
        Assert.Equal(CloseKind.PeerDied, reason.Kind);
        Assert.Contains("ended with exit code 3", reason.Message, StringComparison.Ordinal);
        Assert.Equal(new ChildExit(3, null), await child.Exited.WaitAsync(Token));
    }

    [Fact]
    public async Task Logs_OfAChild_ComeLineByLineToTheLast()
    {
        SkipElsewhere();
        var lines = Channel.CreateUnbounded<string>();
        var child = await Ipc.StartChildAsync(
            Cmd("echo one>&2& echo two>&2& echo data", line => lines.Writer.TryWrite(line)), Token);
        Assert.Equal("one", (await lines.Reader.ReadAsync(Token)).Trim());
        Assert.Equal("two", (await lines.Reader.ReadAsync(Token)).Trim());
        await child.DisposeAsync();
    }

    [Fact]
    public async Task Start_LaterThanItsDeadline_SaysSoAndEndsTheChild()
    {
        SkipElsewhere();
        await using var pair = AnonymousPipePair.Create();
        var options = Cmd("pause", null, pair, TimeSpan.FromTicks(1));
        var error = await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.StartChildAsync(options, Token));
        Assert.Equal(ConnectionError.TimedOut, error.Error);
        Assert.Equal(CloseKind.PeerClosed, (await pair.Connection.Closed.WaitAsync(Token)).Kind);
    }

    [Fact]
    public async Task Dispose_WithATree_KillsTheGrandchildrenToo()
    {
        SkipElsewhere();

        // The other end of the pair is in both of them, so it closes with the last.
        await using var pair = AnonymousPipePair.Create();
        var child = await Ipc.StartChildAsync(Cmd("cmd /c \"echo up& pause\"", null, pair), Token);
        var result = await child.Input.ReadAsync(Token);
        child.Input.AdvanceTo(result.Buffer.End);
        await child.DisposeAsync().AsTask().WaitAsync(Token);
        Assert.Equal(CloseKind.PeerClosed, (await pair.Connection.Closed.WaitAsync(Token)).Kind);
    }

    private static ChildOptions Cmd(
        string command, Action<string>? logLine = null, AnonymousPipePair? pair = null,
        TimeSpan? startTimeout = null) =>
        new()
        {
            FileName = "cmd.exe",
            Arguments = ["/c", command],
            LogLine = logLine,
            Pipes = pair is null ? [] : [pair],
            StartTimeout = startTimeout ?? TimeSpan.FromSeconds(20),
            ExitGrace = TimeSpan.Zero,
        };

    private static void SkipElsewhere() =>
        Assert.SkipUnless(OperatingSystem.IsWindows(), "Other systems have their own in ChildConnectionTests.");
}
