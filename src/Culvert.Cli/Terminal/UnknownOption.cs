using System.CommandLine;
using System.CommandLine.Parsing;
using Culvert.Collector.Configuration;

namespace Culvert.Cli.Terminal;

/// <summary>
/// Finds an option that no command has. The library takes it for a word where a command takes words, so that
/// <c>search needle --jsn</c> would quietly look for something else. A word may begin with one dash, as
/// <c>-host:db1</c> does in a query; with two it must stand behind <c>--</c>.
/// </summary>
internal static class UnknownOption
{
    /// <summary>A sentence that names it and the nearest one that there is, or null.</summary>
    public static string? Find(ParseResult result)
    {
        var words = result.CommandResult.Tokens;
        foreach (var token in result.Tokens)
        {
            if (token.Type == TokenType.DoubleDash) return null;
            if (token.Type != TokenType.Argument || !token.Value.StartsWith("--", StringComparison.Ordinal)) continue;
            // What an option took for its value is that option's business.
            if (words.Contains(token) || result.UnmatchedTokens.Contains(token.Value))
                return Sentence(result, token.Value);
        }

        return null;
    }

    private static string Sentence(ParseResult result, string written)
    {
        var command = result.CommandResult.Command;
        var name = written.Split('=', ':')[0];
        string[] options = [.. command.Options.Select(option => option.Name), "--help"];
        var nearest = NearestName.Find(name, options);
        var hint = nearest is null
            ? $"there are {string.Join(", ", options)}"
            : $"did you mean {nearest}?";
        var words = command.Arguments.Count == 0 || nearest is not null
            ? ""
            : "; words that begin with two dashes stand behind --";
        return $"{command.Name} has no option {name}; {hint}{words}{(nearest is null ? "." : "")}";
    }
}
