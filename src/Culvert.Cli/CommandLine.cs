using System.CommandLine;
using System.CommandLine.Help;
using Culvert.Cli.Bench;
using Culvert.Cli.Commands;
using Culvert.Cli.Services;
using Culvert.Cli.Terminal;

namespace Culvert.Cli;

/// <summary>The command line: reads the arguments, says what is wrong with them, runs the command.</summary>
internal static class CommandLine
{
    /// <param name="args">As they were given.</param>
    /// <param name="manager">The service manager that gave them, where it is known before they are read.</param>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAsync(string[] args, IServiceManager? manager = null)
    {
        var result = Parse(args, manager);
        if (UnknownOption.Find(result) is { } unknown)
        {
            Console.Error.WriteLine($"culvert: {unknown}");
            return ExitCode.Usage;
        }

        if (result.Action is null or not CommandHelp && result.Errors.Count > 0)
        {
            foreach (var error in result.Errors) Console.Error.WriteLine($"culvert: {error.Message}");
            Console.Error.WriteLine("Try: culvert --help");
            return ExitCode.Usage;
        }

        return await result.InvokeAsync();
    }

    /// <summary>Reads the arguments and runs nothing.</summary>
    internal static ParseResult Parse(string[] args, IServiceManager? manager = null) => Root(manager).Parse(args);

    private static Command Root(IServiceManager? manager)
    {
        // A plain command instead of a RootCommand, whose name would be that of the assembly and not what a person
        // types.
        var root = new Command("culvert", "Culvert collects what the processes of a machine say, and finds it again.")
        {
            UpCommand.Create(manager),
            ConsumeCommand.Create(),
            DeadLettersCommand.Create(),
            SendCommand.Create(),
            SearchCommand.Create(),
            TailCommand.Create(),
            StatsCommand.Create(),
            ReadyCommand.Create(),
            PageCommand.Create(),
            DemoCommand.Create(),
            ConfigCommand.Create(),
            ElasticsearchCommand.Create(),
            BenchCommand.Create(),
        };
        var help = new HelpOption { Recursive = true };
        help.Action = new CommandHelp((HelpAction)help.Action!);
        root.Options.Add(help);
        return root.WithExamples(
            "culvert demo", "culvert up", "someprogram | culvert send",
            "culvert search 'level>=warn \"timed out\"'");
    }
}
