using System.Text;
using Culvert.Collector.Query.Fields;

namespace Culvert.Collector.Query.Nodes;

/// <summary>Writes names and values of a query so that they are read back the same: plain where that is safe, else in
/// quotes.</summary>
internal static class QueryPrinter
{
    public static void PrintChild(StringBuilder output, QueryNode child, bool inBrackets)
    {
        if (inBrackets) output.Append('(');
        child.Print(output);
        if (inBrackets) output.Append(')');
    }

    public static void PrintName(StringBuilder output, Field field)
    {
        var name = field.Name;
        var isPlain = name.Length > 1 && char.IsAsciiLetter(name[0]) && name[^1] != '.'
            && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.');
        if (isPlain) output.Append(name);
        else PrintQuoted(output, name);
    }

    public static void PrintText(StringBuilder output, string text, bool isPrefix)
    {
        var isPlain = text.Length > 0 && char.IsAsciiLetterOrDigit(text[0])
            && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' or '/' or '@')
            && text is not ("AND" or "OR" or "NOT");
        if (isPlain) output.Append(text);
        else PrintQuoted(output, text);
        if (isPrefix) output.Append('*');
    }

    private static void PrintQuoted(StringBuilder output, string text)
    {
        output.Append('"');
        foreach (var c in text)
        {
            if (c is '"' or '\\') output.Append('\\');
            output.Append(c);
        }

        output.Append('"');
    }
}
