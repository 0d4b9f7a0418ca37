using System.CommandLine;
using Culvert.Cli.Processes;
using Culvert.Cli.Services;
using Culvert.Cli.Terminal;
using Culvert.Collector.Configuration;
using Culvert.Collector.Consuming;
using Culvert.Collector.Outputs;
using Culvert.Collector.Store;
using Microsoft.Extensions.Logging;

namespace Culvert.Cli.Commands;

/// <summary><c>culvert consume</c>: a member of a Kafka consumer group, until it is told to stop.</summary>
internal static class ConsumeCommand
{
    public static Command Create()
    {
        var options = new ConfigurationOptions(
            (Brokers(), "consume.brokers"),
            (Setting("--topics", "TOPIC", "Topics to read; one that begins with ^ is a pattern"), "consume.topics"),
            (Setting("--group", "NAME", "The consumer group, whose members share the partitions"), "consume.group"),
            (Setting("--output", "NAME", "The output of culvert.json that is written to"), "consume.output"),
            (Setting("--store", "DIR", "A data folder to write to instead; one member alone can"), "consume.store"),
            (DeadLetters(), "consume.deadLetters"));
        var data = DataOption.Create();
        var command = new Command("consume",
            "Read records of Kafka as a member of a consumer group and write them to an output or a store, until "
            + "Ctrl-C. What was read is committed only after it is safe.") { data };
        options.AddTo(command, listens: false);
        command.SetAction(async (result, _) =>
        {
            if (options.Read(result, out var wrong) is not { } configuration) return wrong;
            var plan = ConsumerPlan.Read(configuration, result.GetValue(data) ?? UserFolders.Data, out var problem);
            if (plan is not null) return await RunAsync(plan, configuration);
            Console.Error.WriteLine($"culvert: {problem}");
            return ExitCode.Usage;
        });
        return command.WithExamples(
            "culvert consume --brokers kafka1:9092 --topics logs --output search --config culvert.json",
            "culvert consume --brokers kafka1:9092 --topics '^logs\\..*' --store /var/lib/culvert --http :7515");
    }

    /// <summary>The same for all commands that speak to Kafka.</summary>
    public static Option<string[]> Brokers() => Setting("--brokers", "HOST:PORT", "Kafka brokers to ask first");

    /// <summary>The same for all commands that know of dead letters.</summary>
    public static Option<string[]> DeadLetters() =>
        Setting("--dead-letters", "TOPIC", "The topic of messages of which nothing can be made");

    private static Option<string[]> Setting(string name, string value, string description) => new(name)
    {
        Description = description,
        HelpName = value,
        DefaultValueFactory = _ => [],
    };

    private static async Task<int> RunAsync(ConsumerPlan plan, CollectorConfiguration configuration)
    {
        await using var manager = SystemdService.Find(Environment.GetEnvironmentVariable, TimeProvider.System);
        using var stop = new StopSignal();
        var logger = new StandardErrorLogger(showsTime: manager is null);
        using var loggers = LoggerFactory.Create(builder => builder.AddProvider(logger));
        ConsumerHost host;
        try
        {
            host = await ConsumerHost.StartAsync(
                plan, configuration, loggers, TimeProvider.System, CancellationToken.None);
        }
        catch (Exception exception) when (exception
            is OutputException or IOException or StoreException or FormatException or ArgumentException
                or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"culvert: {exception.Message}");
            return ExitCode.Failed;
        }

        await using (host)
        {
            // The watchdog asks for a sign of life alone: a broker that is away is no reason to start anew.
            manager?.Ready(() => Task.CompletedTask);
            Console.WriteLine($"ready {host.Description}");
            await stop.Requested;
            Console.Error.WriteLine("culvert: stopping");
            if (manager is not null) await manager.StoppingAsync();
        }

        return ExitCode.Done;
    }
}
