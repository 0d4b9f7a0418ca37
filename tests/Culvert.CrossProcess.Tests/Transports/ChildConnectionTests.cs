using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
using System.Threading.Channels;
using Culvert.Connections;
using Culvert.Transports.AnonymousPipes;
using Culvert.Transports.StandardStreams;

namespace Culvert.CrossProcess.Tests.Transports;

/// <summary>Children of other makes: programs of the system that know nothing of Culvert, and odd ones.</summary>
[Trait("system", "linux")]
public sealed class ChildConnectionTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _limit =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public ChildConnectionTests() => _limit.CancelAfter(Limit);

    private CancellationToken Token => _limit.Token;

    public void Dispose() => _limit.Dispose();

    [Fact]
    public async Task Start_OfAForeignProgram_AnswersAndCompletesBoth()
    {
        await using var child = await StartAsync("cat");
        await child.Output.WriteAsync("hello"u8.ToArray(), Token);
        await child.Output.CompleteAsync();

        Assert.Equal("hello", await ReadTextAsync(child));
        Assert.Equal(new ChildExit(0, null), await child.Exited.WaitAsync(Token));
        Assert.Equal(CloseKind.Completed, (await child.Closed.WaitAsync(Token)).Kind);
    }

    [Fact]
    public async Task Start_WithArgumentsEnvironmentAndFolder_PassesThemOnAsTheyAre()
    {
        await using var child = await Ipc.StartChildAsync(
            new ChildOptions
            {
                FileName = "sh",
                Arguments =
                [
                    "-c", "printf '%s|%s|%s|%s' \"$1\" \"$SECRET\" \"${HOME-none}\" \"$PWD\"", "sh", "a \"b\" \\ c",
                ],
                Environment = new Dictionary<string, string?> { ["SECRET"] = "x y", ["HOME"] = null, ["PWD"] = null },
                WorkingFolder = "/usr",
            },
            Token);
        Assert.Equal("a \"b\" \\ c|x y|none|/usr", await ReadTextAsync(child));
    }

    [Theory]
    [InlineData("no-such-program-of-culvert", ConnectionError.NobodyListens)]
    [InlineData("/no/such/program", ConnectionError.NobodyListens)]
    [InlineData("/etc/passwd", ConnectionError.NotAllowed)]
    public async Task Start_OfWhatIsNoProgram_SaysWhich(string program, ConnectionError expected)
    {
        var error = await Assert.ThrowsAsync<ConnectionException>(async () => await StartAsync(program));
        Assert.Equal(expected, error.Error);
        Assert.Contains(program, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_InAFolderThatIsNotThere_SaysSo()
    {
        var error = await Assert.ThrowsAsync<ConnectionException>(async () => await Ipc.StartChildAsync(
            new ChildOptions { FileName = "cat", WorkingFolder = "/no/such/folder" }, Token));
        Assert.Equal(ConnectionError.InvalidEndpoint, error.Error);
        Assert.Contains("/no/such/folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_Cancelled_Throws()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Ipc.StartChildAsync(
            new ChildOptions { FileName = "cat" }, cancelled.Token));
    }

    [Fact]
    public async Task Start_LaterThanItsDeadline_SaysSoAndEndsTheChild()
    {
        // No program starts within 100 ns.
        await using var pair = AnonymousPipePair.Create();
        var options = new ChildOptions
        {
            FileName = "sleep", Arguments = ["600"], Pipes = [pair], StartTimeout = TimeSpan.FromTicks(1),
            ExitGrace = TimeSpan.Zero,
        };
        var error = await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.StartChildAsync(options, Token));
        Assert.Equal(ConnectionError.TimedOut, error.Error);
        Assert.Contains("'sleep'", error.Message, StringComparison.Ordinal);

        // The child has the other end of the pair, which closes with it.
        Assert.Equal(CloseKind.PeerClosed, (await pair.Connection.Closed.WaitAsync(Token)).Kind);
    }

    [Theory]
    [InlineData("exit 3", 3, null, "ended with exit code 3")]
    [InlineData("kill -9 $$", 137, 9, "was ended by signal 9")]
    public async Task Exit_InNoGoodOrder_IsToldWithHowItWas(string script, int code, int? signal, string words)
    {
        await using var child = await StartAsync("sh", "-c", script);
        Assert.Equal("", await ReadTextAsync(child));
        var reason = await child.Closed.WaitAsync(Token);
        Assert.Equal(CloseKind.PeerDied, reason.Kind);
        Assert.Contains(words, reason.Message, StringComparison.Ordinal);
        Assert.Equal(new ChildExit(code, signal), await child.Exited.WaitAsync(Token));
    }

    [Fact]
    public async Task Logs_OfAChild_ComeLineByLineToTheLast()
    {
        var lines = Channel.CreateUnbounded<string>();
        await using (var child = await Ipc.StartChildAsync(
            new ChildOptions
            {
                FileName = "sh",
                Arguments = ["-c", "echo one >&2; echo apart; printf 'two\\r\\n\\nrest' >&2"],
                LogLine = line => lines.Writer.TryWrite(line),
            },
            Token))
        {
            Assert.Equal("apart\n", await ReadTextAsync(child));
        }

        lines.Writer.Complete();
        Assert.Equal(["one", "two", "", "rest"], await lines.Reader.ReadAllAsync(Token).ToArrayAsync(Token));
    }

    [Fact]
    public async Task Logs_WithoutEndAndWithoutLines_NeverStopTheChildNorGrow()
    {
        using var release = new ManualResetEventSlim();
        var longest = 0;
        await using var child = await Ipc.StartChildAsync(
            new ChildOptions
            {
                FileName = "sh", Arguments = ["-c", "head -c 20000000 /dev/zero >&2; echo done; exec cat"],
                LogLineBytesMax = 256,
                LogLine = line =>
                {
                    longest = Math.Max(longest, line.Length);
                    release.Wait(Limit);
                },
            },
            Token);

        // Says so only after all of its 20 MB were taken, though nobody takes a line here.
        var result = await child.Input.ReadAtLeastAsync(5, Token);
        child.Input.AdvanceTo(result.Buffer.End);
        Assert.InRange(child.LogLinesDropped, 1, long.MaxValue);
        release.Set();
        await child.DisposeAsync().AsTask().WaitAsync(Token);
        Assert.InRange(longest, 1, 256);
    }

    [Fact]
    public async Task Dispose_OfAChildThatIgnoresTheEnd_KillsItAfterTheGrace()
    {
        var child = await Ipc.StartChildAsync(
            new ChildOptions
            {
                FileName = "sh", Arguments = ["-c", "trap '' PIPE HUP TERM; while :; do sleep 1; done"],
                ExitGrace = TimeSpan.FromMilliseconds(100),
            },
            Token);
        await child.DisposeAsync().AsTask().WaitAsync(Token);
        Assert.Equal(9, (await child.Exited.WaitAsync(Token)).Signal);
        await child.DisposeAsync();
        child.Kill();
    }

    [Fact]
    public async Task Dispose_WithATree_KillsTheGrandchildrenToo()
    {
        var child = await Ipc.StartChildAsync(
            new ChildOptions
            {
                FileName = "sh", Arguments = ["-c", "sleep 600 & echo $!; while :; do sleep 1; done"],
                ExitGrace = TimeSpan.Zero,
            },
            Token);
        var result = await child.Input.ReadAsync(Token);
        var id = int.Parse(System.Text.Encoding.ASCII.GetString(result.Buffer.FirstSpan).Trim());
        child.Input.AdvanceTo(result.Buffer.End);
        using var grandchild = Process.GetProcessById(id);
        await child.DisposeAsync().AsTask().WaitAsync(Token);
        await grandchild.WaitForExitAsync(Token);
    }

    [Fact]
    public async Task Dispose_WhileAGrandchildHoldsThePipes_DoesNotHang()
    {
        var child = await Ipc.StartChildAsync(
            new ChildOptions
            {
                FileName = "sh", Arguments = ["-c", "trap '' PIPE; sleep 600 & echo $!"], LogLine = _ => { },
            },
            Token);
        var result = await child.Input.ReadAsync(Token);
        var id = int.Parse(System.Text.Encoding.ASCII.GetString(result.Buffer.FirstSpan).Trim());
        child.Input.AdvanceTo(result.Buffer.End);
        Assert.True((await child.Exited.WaitAsync(Token)).IsSuccess);
        Assert.False(child.Closed.IsCompleted);
        await child.DisposeAsync().AsTask().WaitAsync(Token);
        using var grandchild = Process.GetProcessById(id);
        grandchild.Kill();
    }

    [Fact]
    public async Task Handles_OfTwoChildrenAtATime_AreInheritedByNoneOfTheOthers()
    {
        // What this process has from whoever started it goes on to everybody.
        await using var none = await StartAsync("ls", "/proc/self/fd");
        var expected = await ReadTextAsync(none);
        await using var pair = AnonymousPipePair.Create();
        await using var first = await Ipc.StartChildAsync(
            new ChildOptions { FileName = "sleep", Arguments = ["600"], Pipes = [pair], ExitGrace = TimeSpan.Zero },
            Token);
        await using var second = await StartAsync("ls", "/proc/self/fd");
        await using var third = await Ipc.StartChildAsync(
            new ChildOptions { FileName = "ls", Arguments = ["/proc/self/fd"], LogLine = _ => { } }, Token);
        Assert.Equal(expected, await ReadTextAsync(second));
        Assert.Equal(expected, await ReadTextAsync(third));
        first.Kill();
        Assert.Equal(CloseKind.PeerClosed, (await pair.Connection.Closed.WaitAsync(Token)).Kind);
    }

    [Fact]
    public async Task Console_OfAChildOnItsStreams_GoesToTheLogsAndNeverToTheConnection()
    {
        var lines = Channel.CreateUnbounded<string>();
        await using var child = await Ipc.StartChildAsync(
            new ChildOptions
            {
                FileName = ChildPeer.Program, Arguments = ["stray", "stdio:"],
                LogLine = line => lines.Writer.TryWrite(line),
            },
            Token);
        Assert.Equal("data", await ReadTextAsync(child));
        await child.Output.CompleteAsync();
        Assert.True((await child.Exited.WaitAsync(Token)).IsSuccess);
        await child.DisposeAsync();
        lines.Writer.Complete();
        Assert.Equal(
            ["stray from before", "stray", "error AddressInUse", "read the end", "accepted False"],
            await lines.Reader.ReadAllAsync(Token).ToArrayAsync(Token));
    }

    [Fact]
    public async Task Parent_Killed_IsSeenByItsChildWhichEnds()
    {
        await using var host = ChildPeer.Start("host", "");
        using var child = Process.GetProcessById(
            int.Parse((await host.ReadLineAsync(Token))!, CultureInfo.InvariantCulture));
        await host.KillAsync(Token);
        await child.WaitForExitAsync(Token);
    }

    [Theory]
    [InlineData("inherited:3", ConnectionError.InvalidEndpoint)]
    [InlineData("inherited:0,1", ConnectionError.InvalidEndpoint)]
    [InlineData("inherited:-1,x", ConnectionError.InvalidEndpoint)]
    [InlineData("inherited:90001,90002", ConnectionError.NobodyListens)]
    public async Task Inherited_WithNumbersThatAreNone_SaysSo(string endpoint, ConnectionError expected)
    {
        var error = await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.ConnectAsync(endpoint, cancellationToken: Token));
        Assert.Equal(expected, error.Error);
    }

    [Fact]
    public async Task Inherited_NamingAFileOfThisProcess_TakesItFromNobody()
    {
        using var file = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
        var number = file.SafePipeHandle.DangerousGetHandle();
        var error = await Assert.ThrowsAsync<ConnectionException>(
            async () => await Ipc.ConnectAsync($"inherited:{number},90001", cancellationToken: Token));
        Assert.Equal(ConnectionError.AddressInUse, error.Error);
    }

    [Fact]
    public async Task StartAndDispose_ManyTimes_LeaksNoHandle()
    {
        await RoundAsync(3);
        var before = PipesAndProcesses();
        await RoundAsync(30);

        // Others of this process may be about to close theirs.
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (PipesAndProcesses() > before && await tick.WaitForNextTickAsync(Token)) continue;

        async Task RoundAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                await using var child = await Ipc.StartChildAsync(
                    new ChildOptions { FileName = "cat", LogLine = _ => { } }, Token);
                if (i % 3 == 0) child.Abort("By turns.");
            }
        }

        static int PipesAndProcesses() => Directory.GetFileSystemEntries("/proc/self/fd")
            .Count(path => new FileInfo(path).LinkTarget is { } target
                && (target.StartsWith("pipe:", StringComparison.Ordinal) || target.Contains("pidfd")));
    }

    private async Task<ChildConnection> StartAsync(string program, params string[] arguments) =>
        await Ipc.StartChildAsync(new ChildOptions { FileName = program, Arguments = arguments }, Token);

    private async Task<string> ReadTextAsync(Connection connection) =>
        await new StreamReader(connection.Input.AsStream(leaveOpen: true)).ReadToEndAsync(Token);
}
