using System.Runtime.InteropServices;

namespace Culvert.Cli.Services;

/// <summary>What the service manager is told: SERVICE_STATUS of winsvc.h, field for field.</summary>
[StructLayout(LayoutKind.Sequential)]
internal record struct ServiceStatus
{
    /// <summary>SERVICE_WIN32_OWN_PROCESS.</summary>
    public const uint OwnProcess = 0x10;

    public uint Type;
    public ServiceState State;

    /// <summary>A bit for each control that is understood now.</summary>
    public uint Accepted;

    /// <summary>0, or why it stopped.</summary>
    public uint Win32ExitCode;

    /// <summary>The collector's own exit code; read when <see cref="Win32ExitCode"/> is
    /// <see cref="ServiceControls.ServiceSpecificError"/>.</summary>
    public uint OwnExitCode;

    /// <summary>Grows while it starts or stops; a manager that does not see it grow within the hint gives up.</summary>
    public uint CheckPoint;

    public uint WaitHintMs;
}
