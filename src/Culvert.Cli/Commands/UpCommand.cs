using System.CommandLine;
using System.Runtime.InteropServices;
using Culvert.Cli.Services;
using Culvert.Cli.Terminal;
using Culvert.Collector;
using Culvert.Collector.Configuration;
using Culvert.Collector.Store;
using Microsoft.Extensions.Logging;

namespace Culvert.Cli.Commands;

/// <summary><c>culvert up</c>: runs the collector until it is told to stop.</summary>
internal static class UpCommand
{
    public static Command Create()
    {
        var options = new ConfigurationOptions();
        var data = DataOption.Create();
        var command = new Command("up",
            "Run the collector until Ctrl-C; prints 'ready' when it accepts records.") { data };
        options.AddTo(command);
        command.SetAction(async (result, _) =>
        {
            if (options.Read(result, out var wrong) is not { } configuration) return wrong;
            return await RunAsync(configuration, result.GetValue(data) ?? UserFolders.Data);
        });
        return command.WithExamples(
            "culvert up",
            "culvert up --data /var/lib/culvert --listen unix:///run/culvert.sock --listen syslog+udp://127.0.0.1:514");
    }

    private static async Task<int> RunAsync(CollectorConfiguration configuration, string dataFolder)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void OnSignal(PosixSignalContext context)
        {
            // A second signal ends the process at once, as it would without us.
            context.Cancel = stop.TrySetResult();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var loggers = LoggerFactory.Create(builder => builder.AddProvider(new StandardErrorLogger()));
        CollectorHost host;
        try
        {
            host = await CollectorHost.StartAsync(
                configuration, dataFolder, loggers, TimeProvider.System, CancellationToken.None);
        }
        catch (Exception exception) when (exception
            is IOException or StoreException or FormatException or ArgumentException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"culvert: {exception.Message}");
            return ExitCode.Failed;
        }

        await using (host)
        {
            await using var systemd = SystemdService.Start(
                Environment.GetEnvironmentVariable, host.AnswerAsync, TimeProvider.System);
            Console.WriteLine($"ready {string.Join(' ', host.Endpoints)}");
            await stop.Task;
            Console.Error.WriteLine("culvert: stopping");
        }

        return ExitCode.Done;
    }
}
