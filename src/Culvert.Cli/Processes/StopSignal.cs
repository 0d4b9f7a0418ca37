using System.Runtime.InteropServices;

namespace Culvert.Cli.Processes;

/// <summary>Waits for a person or the system to stop the process: SIGINT (Ctrl-C) and SIGTERM.</summary>
internal sealed class StopSignal : IDisposable
{
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;

    public StopSignal()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
    }

    /// <summary>Completes with the first signal.</summary>
    public Task Requested => _stop.Task;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
    }

    /// <summary>A second signal ends the process at once, as it would without us.</summary>
    private void OnSignal(PosixSignalContext context) => context.Cancel = _stop.TrySetResult();
}
