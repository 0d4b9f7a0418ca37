using System.CommandLine;
using Culvert.Cli;
using Culvert.Cli.Bench;

var root = new RootCommand("Culvert collects what the processes of a machine say, and finds it again.")
{
    BenchCommand.Create(),
};

var result = root.Parse(args);
if (result.Errors.Count > 0)
{
    foreach (var error in result.Errors) Console.Error.WriteLine($"culvert: {error.Message}");
    Console.Error.WriteLine("Try: culvert --help");
    return ExitCode.Usage;
}

return await result.InvokeAsync();
