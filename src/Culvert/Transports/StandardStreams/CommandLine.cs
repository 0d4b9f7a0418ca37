using System.Text;

namespace Culvert.Transports.StandardStreams;

/// <summary>A program and its arguments as one text, which is all that a process of Windows is given. It is cut again
/// by the rules of the C runtime ("Parsing C command-line arguments", Microsoft Learn), which most programs
/// follow.</summary>
internal static class CommandLine
{
    /// <summary>With a zero behind it, in an array of its own, since CreateProcess may write to it.</summary>
    public static char[] Of(ChildOptions options)
    {
        // The name has its own rule: up to the next quote, and no backslash means anything.
        var text = new StringBuilder().Append('"').Append(options.FileName.Trim('"')).Append('"');
        foreach (var argument in options.Arguments) Append(text.Append(' '), argument);
        return text.Append('\0').ToString().ToCharArray();
    }

    private static void Append(StringBuilder text, string argument)
    {
        if (argument.Length > 0 && !argument.AsSpan().ContainsAny(" \t\n\v\""))
        {
            text.Append(argument);
            return;
        }

        text.Append('"');
        var backslashes = 0;
        foreach (var c in argument)
        {
            // Backslashes mean themselves, except before a quote, where two stand for one.
            if (c == '"') text.Append('\\', backslashes + 1);
            backslashes = c == '\\' ? backslashes + 1 : 0;
            text.Append(c);
        }

        text.Append('\\', backslashes).Append('"');
    }
}
