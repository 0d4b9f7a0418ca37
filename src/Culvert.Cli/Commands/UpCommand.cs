using System.CommandLine;
using Culvert.Cli.Processes;
using Culvert.Cli.Services;
using Culvert.Cli.Terminal;
using Culvert.Collector;
using Culvert.Collector.Configuration;
using Culvert.Collector.Store;
using Culvert.Transports.Linux;
using Microsoft.Extensions.Logging;

namespace Culvert.Cli.Commands;

/// <summary><c>culvert up</c>: runs the collector until it is told to stop.</summary>
internal static class UpCommand
{
    /// <param name="manager">The service manager that started this process, where it is not found by the
    /// environment.</param>
    public static Command Create(IServiceManager? manager)
    {
        var options = new ConfigurationOptions();
        var data = DataOption.Create();
        var command = new Command("up",
            "Run the collector until Ctrl-C; prints 'ready' when it accepts records.") { data };
        options.AddTo(command);
        var service = new Option<bool>(WindowsService.Option)
        {
            Description = "Run as a service of Windows, whose service manager gives this option",
        };
        command.Options.Add(service);
        command.SetAction(async (result, _) =>
        {
            if (result.GetValue(service) && manager is null)
            {
                Console.Error.WriteLine($"culvert: {WindowsService.Option} is for Windows alone; leave it out.");
                return ExitCode.Usage;
            }

            var folder = result.GetValue(data) ?? UserFolders.Data;
            await using var told = manager ?? SystemdService.Find(
                Environment.GetEnvironmentVariable, TimeProvider.System);
            told?.DataFolderIs(folder);
            return options.Read(result, out var wrong) is { } configuration
                ? await RunAsync(configuration, folder, told)
                : wrong;
        });
        return command.WithExamples(
            "culvert up",
            "culvert up --data /var/lib/culvert --listen unix:///run/culvert.sock --listen syslog+udp://127.0.0.1:514");
    }

    private static async Task<int> RunAsync(
        CollectorConfiguration configuration, string dataFolder, IServiceManager? manager)
    {
        using var stop = new StopSignal();
        var logger = new StandardErrorLogger(showsTime: manager is null);
        using var loggers = LoggerFactory.Create(builder => builder.AddProvider(logger));
        CollectorHost host;
        try
        {
            using var sockets = InheritedSockets.Open(Environment.GetEnvironmentVariable);
            host = await CollectorHost.StartAsync(
                configuration, dataFolder, loggers, TimeProvider.System, CancellationToken.None, sockets);
        }
        catch (Exception exception) when (exception
            is IOException or StoreException or FormatException or ArgumentException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"culvert: {exception.Message}");
            manager?.Failed(exception.Message);
            return ExitCode.Failed;
        }

        await using (host)
        {
            manager?.Ready(host.AnswerAsync);
            Console.WriteLine($"ready {string.Join(' ', host.Endpoints)}");
            await (manager is null ? stop.Requested : Task.WhenAny(stop.Requested, manager.StopRequested));
            Console.Error.WriteLine("culvert: stopping");
            if (manager is not null) await manager.StoppingAsync();
        }

        return ExitCode.Done;
    }
}
