using System.CommandLine;
using Culvert.Cli.Demo;
using Culvert.Cli.Terminal;
using Culvert.Collector.Configuration;

namespace Culvert.Cli.Commands;

/// <summary><c>culvert demo</c>: a collector and programs that log, for everybody to look at.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var duration = new Option<string?>("--for")
        {
            Description = "End by itself after so long, such as 20s; without it, at Ctrl-C", HelpName = "TIME",
        };
        var http = new Option<string>("--http")
        {
            Description = "Address of the page; port 0 lets the system choose", HelpName = "ADDRESS",
            DefaultValueFactory = _ => "127.0.0.1:0",
        };
        var command = new Command(
            "demo", "Start a collector and programs that log, kill one of them, and show the ledger.") { duration, http };
        command.SetAction(async (result, cancellation) =>
        {
            var limit = Timeout.InfiniteTimeSpan;
            if (result.GetValue(duration) is { } text && !DurationText.TryParse(text, out limit))
            {
                Console.Error.WriteLine($"culvert: '{text}' is no time span; write one such as 20s.");
                return ExitCode.Usage;
            }

            // The programs are ended one by one, which takes longer than the command line waits by itself.
            result.InvocationConfiguration.ProcessTerminationTimeout = TimeSpan.FromSeconds(30);
            return await DemoRun.RunAsync(limit, result.GetValue(http)!, cancellation);
        });
        return command.WithExamples("culvert demo", "culvert demo --for 20s");
    }
}
