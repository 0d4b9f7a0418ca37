using System.Runtime.InteropServices;
using System.Threading.Channels;
using Culvert.Cli.Services;

namespace Culvert.Collector.Tests.EndToEnd;

/// <summary>What the service manager of Windows hears, with a recording of it in its place; tests/windows.sh starts a
/// real service.</summary>
public sealed class WindowsServiceTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-service-").FullName;
    private readonly ManualTime _time = new();
    private readonly RecordedControl _control = new();
    private readonly ServiceLog _log;

    public WindowsServiceTests() => _log = new ServiceLog(_time);

    [Theory]
    [InlineData(ServiceControls.Stop)]
    [InlineData(ServiceControls.Shutdown)]
    [InlineData(ServiceControls.PreShutdown)]
    public async Task Run_ToldToStop_GoesThroughItsStates(uint control)
    {
        var run = RunAsync(async manager =>
        {
            manager.Ready(() => Task.CompletedTask);
            await manager.StopRequested.WaitAsync(Limit);
            await manager.StoppingAsync();
            return 0;
        });
        Assert.Equal(ServiceState.StartPending, (await _control.HeardAsync()).State);
        var running = await _control.HeardAsync();
        Assert.Equal(ServiceState.Running, running.State);
        Assert.Equal(0x105u, running.Accepted);
        Assert.Equal(0, _control.Send(control));
        Assert.Equal(0, await run.WaitAsync(Limit, TestContext.Current.CancellationToken));

        var stopping = await _control.HeardAsync();
        Assert.Equal((ServiceState.StopPending, 0u, 15_000u), (stopping.State, stopping.Accepted, stopping.WaitHintMs));
        var stopped = await _control.HeardAsync();
        Assert.Equal((ServiceState.Stopped, 0u, 0u), (stopped.State, stopped.Win32ExitCode, stopped.OwnExitCode));
        Assert.Empty(_control.Reports);
    }

    [Fact]
    public async Task Run_StopsByItself_SaysSo()
    {
        var run = RunAsync(async manager =>
        {
            manager.Ready(() => Task.CompletedTask);
            await manager.StoppingAsync();
            return 0;
        });
        Assert.Equal(0, await run.WaitAsync(Limit, TestContext.Current.CancellationToken));
        Assert.Equal(
            [ServiceState.StartPending, ServiceState.Running, ServiceState.StopPending, ServiceState.Stopped],
            [.. _control.All().Select(status => status.State)]);
    }

    [Fact]
    public async Task Run_CannotStart_SaysWhyInTheEventLogAndTheFile()
    {
        var run = RunAsync(manager =>
        {
            manager.DataFolderIs(Path.Combine(_folder, "data"));
            Console.Error.WriteLine("culvert: The port is taken.");
            manager.Failed("The port is taken.");
            return Task.FromResult(1);
        });
        Assert.Equal(1, await run.WaitAsync(Limit, TestContext.Current.CancellationToken));
        var stopped = _control.All()[^1];
        Assert.Equal(
            (ServiceState.Stopped, (uint)ServiceControls.ServiceSpecificError, 1u),
            (stopped.State, stopped.Win32ExitCode, stopped.OwnExitCode));
        var report = Assert.Single(_control.Reports);
        Assert.StartsWith("Culvert did not start: The port is taken.", report, StringComparison.Ordinal);
        Assert.Contains("culvert: The port is taken.", report, StringComparison.Ordinal);
        Assert.Equal("2026-01-01 00:00:00 culvert: The port is taken.", Assert.Single(Lines("data")));
    }

    [Fact]
    public async Task Run_WithWrongArguments_SaysWhatIsWrongInTheEventLog()
    {
        var run = RunAsync(manager => Cli.CommandLine.RunAsync(["up", "--service", "--lisen", "tcp://:0"], manager));
        Assert.Equal(2, await run.WaitAsync(Limit, TestContext.Current.CancellationToken));
        Assert.Equal(2u, _control.All()[^1].OwnExitCode);
        Assert.Contains("did you mean --listen?", Assert.Single(_control.Reports), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Throws_IsStoppedWithThatError()
    {
        var run = RunAsync(_ => throw new InvalidOperationException("Out of order."));
        Assert.Equal(1, await run.WaitAsync(Limit, TestContext.Current.CancellationToken));
        var stopped = _control.All()[^1];
        Assert.Equal(
            (ServiceState.Stopped, (uint)ServiceControls.ExceptionInService), (stopped.State, stopped.Win32ExitCode));
        Assert.Contains("Out of order.", Assert.Single(_control.Reports), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beats_WhilePending_GrowUntilItHangsAndEndWhenItRuns()
    {
        var mayRun = new TaskCompletionSource();
        var run = RunAsync(async manager =>
        {
            await mayRun.Task;
            manager.Ready(() => Task.CompletedTask);
            await manager.StopRequested;
            return 0;
        });
        Assert.Equal(1u, (await _control.HeardAsync()).CheckPoint);
        for (var beat = 2u; beat <= WindowsServiceLimits.BeatCountMax + 3; beat++)
        {
            _time.Advance(WindowsServiceLimits.BeatInterval);
            if (beat > WindowsServiceLimits.BeatCountMax) continue;
            var status = await _control.HeardAsync();
            Assert.Equal((ServiceState.StartPending, beat), (status.State, status.CheckPoint));
        }

        mayRun.SetResult();
        Assert.Equal((ServiceState.Running, 0u), Heard(await _control.HeardAsync()));
        _time.Advance(WindowsServiceLimits.BeatInterval);
        _control.Send(ServiceControls.Stop);
        Assert.Equal((ServiceState.StopPending, 1u), Heard(await _control.HeardAsync()));
        Assert.Equal(0, await run.WaitAsync(Limit, TestContext.Current.CancellationToken));

        static (ServiceState, uint) Heard(ServiceStatus status) => (status.State, status.CheckPoint);
    }

    [Fact]
    public async Task Run_StoppedBeforeItIsReady_StopsAfterwards()
    {
        var mayRun = new TaskCompletionSource();
        var run = RunAsync(async manager =>
        {
            await mayRun.Task;
            manager.Ready(() => Task.CompletedTask);
            await manager.StopRequested;
            await manager.StoppingAsync();
            return 0;
        });
        Assert.Equal(ServiceState.StartPending, (await _control.HeardAsync()).State);
        _control.Send(ServiceControls.Shutdown);
        mayRun.SetResult();
        Assert.Equal(0, await run.WaitAsync(Limit, TestContext.Current.CancellationToken));
        Assert.Equal(
            [ServiceState.Running, ServiceState.StopPending, ServiceState.Stopped],
            [.. _control.All().Select(status => status.State)]);
    }

    [Fact]
    public async Task Control_ThatIsUnknown_IsNotImplemented()
    {
        var run = RunAsync(async manager =>
        {
            await manager.StopRequested;
            return 0;
        });
        await _control.HeardAsync();
        Assert.Equal(ServiceControls.CallNotImplemented, _control.Send(6));
        Assert.Equal(0, _control.Send(ServiceControls.Interrogate));
        Assert.False(run.IsCompleted);
        _control.Send(ServiceControls.Stop);
        Assert.Equal(0, await run.WaitAsync(Limit, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Run_OutsideTheServiceManager_IsWrongUsage()
    {
        _control.DispatchError = ServiceControls.FailedServiceControllerConnect;
        Assert.Equal(2, WindowsService.Run(_control, _time, _log, _ => throw new InvalidOperationException()));
    }

    [Fact]
    public void Status_InMemory_IsServiceStatusOfWinsvc()
    {
        Assert.Equal(28, Marshal.SizeOf<ServiceStatus>());
        Assert.Equal(4, (int)Marshal.OffsetOf<ServiceStatus>(nameof(ServiceStatus.State)));
        Assert.Equal(8, (int)Marshal.OffsetOf<ServiceStatus>(nameof(ServiceStatus.Accepted)));
        Assert.Equal(12, (int)Marshal.OffsetOf<ServiceStatus>(nameof(ServiceStatus.Win32ExitCode)));
        Assert.Equal(24, (int)Marshal.OffsetOf<ServiceStatus>(nameof(ServiceStatus.WaitHintMs)));
    }

    [Fact]
    public void Log_Full_KeepsOneOlderFile()
    {
        _log.Open(_folder);
        var line = new string('x', 64 * 1024);
        for (var i = 0; i < 130; i++) _log.WriteLine(line);
        _log.Dispose();
        Assert.InRange(new FileInfo(Path.Combine(_folder, "service.log")).Length, 1, 4 << 20);
        Assert.InRange(new FileInfo(Path.Combine(_folder, "service.log.1")).Length, 4 << 20, (4 << 20) + (1 << 17));
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void Log_InPiecesBeforeItIsOpened_IsInTheFile()
    {
        _log.Write("ready ");
        _log.Write('t');
        _log.WriteLine("cp://x");
        _log.Open(_folder);
        _log.Write("two\nthree\r\n");
        _log.Dispose();
        Assert.Equal(["ready tcp://x", "two", "three"], Lines(".").Select(line => line[20..]));
    }

    [Fact]
    public void Log_InAFolderThatCannotBe_GoesOn()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        _log.Open(file);
        _log.WriteLine("still here");
        Assert.Contains("still here", _log.LastLines, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _log.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string[] Lines(string folder) => File.ReadAllLines(Path.Combine(_folder, folder, ServiceLog.FileName));

    private Task<int> RunAsync(Func<IServiceManager, Task<int>> runAsync) =>
        Task.Run(() => WindowsService.Run(_control, _time, _log, runAsync));

    /// <summary>The system's part, without the system.</summary>
    private sealed class RecordedControl : IServiceControl
    {
        private readonly Channel<ServiceStatus> _statuses = Channel.CreateUnbounded<ServiceStatus>();
        private Func<uint, int>? _onControl;

        public int DispatchError { get; set; }

        public List<string> Reports { get; } = [];

        public int Dispatch(Action main)
        {
            if (DispatchError != 0) return DispatchError;
            var thread = new Thread(() => main());
            thread.Start();
            thread.Join();
            return 0;
        }

        public int Register(Func<uint, int> onControl)
        {
            _onControl = onControl;
            return 0;
        }

        public int SetStatus(in ServiceStatus status)
        {
            _statuses.Writer.TryWrite(status);
            return 0;
        }

        public void Report(string text) => Reports.Add(text);

        public int Send(uint control) => _onControl!(control);

        public async Task<ServiceStatus> HeardAsync() =>
            await _statuses.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Limit);

        /// <summary>All that was not heard yet.</summary>
        public List<ServiceStatus> All()
        {
            var all = new List<ServiceStatus>();
            while (_statuses.Reader.TryRead(out var status)) all.Add(status);
            return all;
        }
    }
}
