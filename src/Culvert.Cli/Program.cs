using Culvert.Cli;
using Culvert.Cli.Services;

if (OperatingSystem.IsWindows() && WindowsService.IsAsked(args))
{
    return WindowsService.Run(
        new SystemServiceControl(), TimeProvider.System, new ServiceLog(TimeProvider.System),
        manager => CommandLine.RunAsync(args, manager));
}

return await CommandLine.RunAsync(args);
