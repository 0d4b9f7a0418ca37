using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Culvert.Cli.Terminal;

/// <summary>The library's own help, followed by the command's examples.</summary>
internal sealed class CommandHelp(HelpAction standard) : SynchronousCommandLineAction
{
    private static readonly Dictionary<Command, string[]> Examples = [];

    /// <summary>Notes examples for the end of a command's help.</summary>
    public static void AddExamples(Command command, string[] examples) => Examples[command] = examples;

    public override int Invoke(ParseResult parseResult)
    {
        var code = standard.Invoke(parseResult);
        if (!Examples.TryGetValue(parseResult.CommandResult.Command, out var examples)) return code;

        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine(examples.Length == 1 ? "Example:" : "Examples:");
        foreach (var example in examples) output.WriteLine($"  {example}");
        output.WriteLine();
        return code;
    }
}
