using System.Collections;

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
}
