namespace Culvert.Cli.Services;

/// <summary>The states of a service of Windows that a collector has (SERVICE_STATUS, winsvc.h).</summary>
internal enum ServiceState : uint
{
    Stopped = 1,
    StartPending = 2,
    StopPending = 3,
    Running = 4,
}
