namespace Culvert.Cli.Services;

/// <summary>The controls, and the errors about services, of winsvc.h and winerror.h.</summary>
internal static class ServiceControls
{
    public const uint Stop = 1;
    public const uint Interrogate = 4;
    public const uint Shutdown = 5;
    public const uint PreShutdown = 15;

    public const uint AcceptStop = 0x1;
    public const uint AcceptShutdown = 0x4;
    public const uint AcceptPreShutdown = 0x100;

    public const int CallNotImplemented = 120;
    public const int FailedServiceControllerConnect = 1063;
    public const int ExceptionInService = 1064;
    public const int ServiceSpecificError = 1066;
}
