using System.CommandLine;

namespace Culvert.Cli.Terminal;

internal static class CommandExtensions
{
    /// <summary>Adds examples to the end of the command's help: whole lines that can be typed as they are.</summary>
    public static Command WithExamples(this Command command, params string[] examples)
    {
        CommandHelp.AddExamples(command, examples);
        return command;
    }
}
