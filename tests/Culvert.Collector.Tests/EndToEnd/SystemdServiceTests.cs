using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Culvert.Cli.Processes;
using Culvert.Cli.Services;

namespace Culvert.Collector.Tests.EndToEnd;

/// <summary>What systemd hears, on a real datagram socket in its place.</summary>
[Trait("system", "linux")]
public sealed class SystemdServiceTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-systemd-").FullName;
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Up_UnderSystemd_SaysReadyThenWatchdogThenStopping(bool isAbstract)
    {
        var address = Bind(isAbstract);
        await using var collector = ChildProcess.Start(
            "dotnet",
            [typeof(ChildProcess).Assembly.Location, "up", "--data", Path.Combine(_folder, "data"), "--listen",
                $"unix://{Path.Combine(_folder, "c.sock")}", "--http", "127.0.0.1:0"],
            new Dictionary<string, string> { ["NOTIFY_SOCKET"] = address, ["WATCHDOG_USEC"] = "200000" });

        Assert.Equal("READY=1", await HearAsync());
        Assert.Equal("WATCHDOG=1", await HearAsync());
        Assert.Equal("WATCHDOG=1", await HearAsync());
        await collector.WaitForLineAsync("ready ", Limit);
        var stopping = collector.StopAsync(Limit);
        var heard = await HearAsync();
        while (heard == "WATCHDOG=1") heard = await HearAsync();
        Assert.Equal("STOPPING=1", heard);
        Assert.True(await stopping, collector.LastLines);
        Assert.Equal(0, collector.ExitCode);
    }

    [Fact]
    public async Task Watchdog_WhileTheCollectorDoesNotAnswer_IsSilent()
    {
        var address = Bind(isAbstract: false);
        var time = new ManualTime();
        var asked = Channel.CreateUnbounded<TaskCompletionSource>();
        Task AskAsync()
        {
            var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            asked.Writer.TryWrite(answer);
            return answer.Task;
        }

        var service = SystemdService.Find(Variables(address, "30000000"), time);
        Assert.NotNull(service);
        service.Ready(AskAsync);
        Assert.Equal("READY=1", await HearAsync());
        time.Advance(TimeSpan.FromSeconds(15));
        (await AskedAsync(asked)).SetResult();
        Assert.Equal("WATCHDOG=1", await HearAsync());

        time.Advance(TimeSpan.FromSeconds(15));
        await AskedAsync(asked);
        time.Advance(TimeSpan.FromSeconds(15));
        await service.StoppingAsync();
        Assert.Equal("STOPPING=1", await HearAsync());
        await service.DisposeAsync();
    }

    [Theory]
    [InlineData("30000000", null, 15_000)]
    [InlineData("1", null, 10)]
    [InlineData("18446744073709551615", null, 86_400_000)]
    [InlineData("30000000", "1", null)]
    [InlineData("0", null, null)]
    [InlineData("-5", null, null)]
    [InlineData("", null, null)]
    [InlineData(null, null, null)]
    public void WatchdogInterval_OfTheEnvironment_IsHalfWithinLimits(string? time, string? process, int? expectedMs)
    {
        var interval = SystemdService.WatchdogInterval(
            name => name == "WATCHDOG_USEC" ? time : name == "WATCHDOG_PID" ? process : null);
        Assert.Equal(expectedMs, interval?.TotalMilliseconds);
    }

    [Theory]
    [InlineData("/nowhere/at/all.sock")]
    [InlineData("vsock:2:1234")]
    [InlineData("@")]
    public void Find_WithASocketNobodyHas_GoesOnWithout(string address) =>
        Assert.Null(SystemdService.Find(Variables(address, null), TimeProvider.System));

    [Fact]
    public void Find_WithoutSystemd_IsNothing() =>
        Assert.Null(SystemdService.Find(_ => null, TimeProvider.System));

    [Fact]
    public async Task Up_ThatCannotStart_TellsSystemdWhy()
    {
        var address = Bind(isAbstract: false);
        await using var collector = ChildProcess.Start(
            "dotnet",
            // The folder that it is to make has the name of a file.
            [typeof(ChildProcess).Assembly.Location, "up", "--data", Path.Combine(_folder, "notify")],
            new Dictionary<string, string> { ["NOTIFY_SOCKET"] = address });
        var heard = await HearAsync();
        Assert.StartsWith("STATUS=", heard, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(_folder, "notify"), heard, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unit_AsShipped_IsVerifiedBySystemd()
    {
        const string Analyze = "/usr/bin/systemd-analyze";
        Assert.SkipUnless(File.Exists(Analyze), "systemd-analyze is not installed.");
        var unit = await File.ReadAllTextAsync(UnitPath(), TestContext.Current.CancellationToken);

        // The program is not installed where the tests run, and systemd-analyze looks for it.
        Assert.Contains("ExecStart=/usr/local/bin/culvert ", unit, StringComparison.Ordinal);
        var copy = Path.Combine(_folder, "culvert.service");
        await File.WriteAllTextAsync(
            copy, unit.Replace("/usr/local/bin/culvert ", "/bin/true ", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        var socket = Path.Combine(_folder, "culvert.socket");
        File.Copy(Path.ChangeExtension(UnitPath(), ".socket"), socket);
        using var analyze = Process.Start(new ProcessStartInfo(Analyze, ["verify", "--man=no", copy, socket])
        {
            RedirectStandardError = true,
        })!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        var said = await analyze.StandardError.ReadToEndAsync(limit.Token);
        await analyze.WaitForExitAsync(limit.Token);
        Assert.DoesNotContain("culvert.service", said, StringComparison.Ordinal);
        Assert.DoesNotContain("culvert.socket", said, StringComparison.Ordinal);
        Assert.True(analyze.ExitCode == 0, said);
    }

    public void Dispose()
    {
        _socket.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static Func<string, string?> Variables(string address, string? watchdog) =>
        name => name == "NOTIFY_SOCKET" ? address : name == "WATCHDOG_USEC" ? watchdog : null;

    private static async Task<TaskCompletionSource> AskedAsync(Channel<TaskCompletionSource> asked) =>
        await asked.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask()
            .WaitAsync(Limit, TestContext.Current.CancellationToken);

    private static string UnitPath()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Culvert.slnx"))) folder = Path.GetDirectoryName(folder)!;
        return Path.Combine(folder, "deploy", "systemd", "culvert.service");
    }

    private string Bind(bool isAbstract)
    {
        var name = Path.Combine(_folder, "notify");
        _socket.Bind(new UnixDomainSocketEndPoint(isAbstract ? "\0" + name : name));
        return isAbstract ? "@" + name : name;
    }

    private async Task<string> HearAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        var buffer = new byte[4096];
        var count = await _socket.ReceiveAsync(buffer, limit.Token);
        return Encoding.ASCII.GetString(buffer, 0, count);
    }
}
