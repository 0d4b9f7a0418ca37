namespace Culvert.Cli.Services;

/// <summary>
/// A collector that the service manager of Windows started: START_PENDING, RUNNING, STOP_PENDING, STOPPED, each told as
/// it comes. Source: "Service Programs" of the Windows documentation.
/// </summary>
/// <remarks>
/// Three threads: the manager's controls come on the one that called <see cref="Run"/>, the collector runs on the one
/// that main is called on, and a timer says while it starts or stops that it goes on.
/// </remarks>
internal sealed class WindowsService : IServiceManager
{
    public const string Option = "--service";

    private readonly IServiceControl _control;
    private readonly ServiceLog _log;
    private readonly ITimer _beat;
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guards the status: a beat that comes late must not say STOP_PENDING after STOPPED was said.
    private readonly Lock _lock = new();
    private ServiceStatus _status = new() { Type = ServiceStatus.OwnProcess, State = ServiceState.StartPending };
    private int _exitCode = Cli.ExitCode.Failed;
    private string? _failure;

    private WindowsService(IServiceControl control, TimeProvider time, ServiceLog log)
    {
        (_control, _log) = (control, log);
        _beat = time.CreateTimer(
            _ => Beat(), null, WindowsServiceLimits.BeatInterval, WindowsServiceLimits.BeatInterval);
    }

    public Task StopRequested => _stop.Task;

    /// <summary>Whether these arguments are those of a service: known before they are parsed, since what is wrong with
    /// them must reach the manager, too.</summary>
    public static bool IsAsked(string[] args) => args is ["up", ..] && args.Contains(Option);

    /// <summary>Runs as a service until it has stopped; returns the process's exit code.</summary>
    /// <param name="control">The system.</param>
    /// <param name="time">The clock of the beats.</param>
    /// <param name="log">What goes to standard output and error meanwhile.</param>
    /// <param name="runAsync">Runs the collector and returns its exit code.</param>
    public static int Run(
        IServiceControl control, TimeProvider time, ServiceLog log, Func<IServiceManager, Task<int>> runAsync)
    {
        var service = new WindowsService(control, time, log);
        using (service._beat)
        {
            var error = control.Dispatch(() => service.Main(runAsync));
            if (error == 0) return service._exitCode;
            Console.Error.WriteLine(error == ServiceControls.FailedServiceControllerConnect
                ? $"culvert: {Option} is for the service manager of Windows; leave it out to run the collector here."
                : $"culvert: the service manager of Windows cannot be reached, error {error}; leave {Option} out.");
            return Cli.ExitCode.Usage;
        }
    }

    public void DataFolderIs(string folder) => _log.Open(folder);

    /// <summary>A service that hangs is not told from one that works: this manager has no watchdog.</summary>
    public void Ready(Func<Task> answerAsync)
    {
        lock (_lock)
        {
            // A stop that came meanwhile is under way; RUNNING after it would take it back.
            if (_status.State == ServiceState.StartPending) Enter(ServiceState.Running);
        }
    }

    public ValueTask StoppingAsync()
    {
        lock (_lock)
        {
            if (_status.State == ServiceState.Running) Enter(ServiceState.StopPending);
        }

        return ValueTask.CompletedTask;
    }

    public void Failed(string sentence) => _failure = sentence;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Main(Func<IServiceManager, Task<int>> runAsync)
    {
        var error = _control.Register(OnControl);
        if (error != 0)
        {
            _control.Report($"Culvert could not tell the service manager who answers it: error {error}.");
            return;
        }

        lock (_lock) Enter(ServiceState.StartPending);
        var (output, errors) = (Console.Out, Console.Error);
        Console.SetOut(_log);
        Console.SetError(_log);
        var failure = 0;
        try
        {
            _exitCode = runAsync(this).GetAwaiter().GetResult();
            failure = _exitCode == Cli.ExitCode.Done ? 0 : ServiceControls.ServiceSpecificError;
        }
        catch (Exception exception)
        {
            // Whatever it is, the manager must hear that the service has ended, or it waits for a process that is gone.
            Console.Error.WriteLine($"culvert: {exception}");
            failure = ServiceControls.ExceptionInService;
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(errors);
            _log.Dispose();
            if (failure != 0) _control.Report(Reason());
            Stopped(failure);
        }
    }

    private string Reason()
    {
        var what = _failure is null
            ? $"Culvert ended with exit code {_exitCode}."
            : $"Culvert did not start: {_failure}";
        var text = $"{what}{Environment.NewLine}What it said last:{Environment.NewLine}{_log.LastLines}";
        return text[..Math.Min(text.Length, WindowsServiceLimits.ReportLengthMax)];
    }

    private int OnControl(uint control)
    {
        switch (control)
        {
            case ServiceControls.Stop or ServiceControls.Shutdown or ServiceControls.PreShutdown:
                lock (_lock)
                {
                    if (_status.State == ServiceState.Running) Enter(ServiceState.StopPending);
                }

                _stop.TrySetResult();
                return 0;
            case ServiceControls.Interrogate:
                return 0;
            default:
                return ServiceControls.CallNotImplemented;
        }
    }

    private void Stopped(int failure)
    {
        lock (_lock)
        {
            _status.Win32ExitCode = (uint)failure;
            _status.OwnExitCode = failure == ServiceControls.ServiceSpecificError ? (uint)_exitCode : 0;
            Enter(ServiceState.Stopped);
        }
    }

    private void Enter(ServiceState state)
    {
        var isPending = state is ServiceState.StartPending or ServiceState.StopPending;
        _status.State = state;
        _status.Accepted = state == ServiceState.Running
            ? ServiceControls.AcceptStop | ServiceControls.AcceptShutdown | ServiceControls.AcceptPreShutdown
            : 0;
        _status.CheckPoint = isPending ? 1u : 0;
        _status.WaitHintMs = isPending ? (uint)WindowsServiceLimits.WaitHint.TotalMilliseconds : 0;
        Say();
    }

    private void Beat()
    {
        lock (_lock)
        {
            if (_status.CheckPoint is 0 or >= WindowsServiceLimits.BeatCountMax) return;
            _status.CheckPoint++;
            Say();
        }
    }

    private void Say()
    {
        var error = _control.SetStatus(_status);
        if (error != 0) Console.Error.WriteLine($"culvert: the service manager refused {_status.State}: error {error}");
    }
}
