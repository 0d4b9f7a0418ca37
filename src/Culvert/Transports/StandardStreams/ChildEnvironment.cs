using System.Collections;
using System.Text;

namespace Culvert.Transports.StandardStreams;

/// <summary>The environment of a child: this process's, and what the options change in it.</summary>
internal static class ChildEnvironment
{
    public static IReadOnlyDictionary<string, string> Of(ChildOptions options)
    {
        var comparer = OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        var all = new SortedDictionary<string, string>(comparer);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
            all[(string)entry.Key] = (string?)entry.Value ?? "";
        foreach (var (name, value) in options.Environment)
        {
            if (value is null) all.Remove(name);
            else all[name] = value;
        }

        return all;
    }

    /// <summary>As CreateProcess takes it: each with a zero behind it, sorted, and a zero at the end.</summary>
    public static string Block(ChildOptions options)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in Of(options)) text.Append(name).Append('=').Append(value).Append('\0');
        return text.Append('\0').ToString();
    }
}
