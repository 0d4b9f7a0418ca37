using Culvert.Records;

namespace Culvert.Collector.Web.Api;

/// <summary>The six levels by name, as the page and the histogram count them.</summary>
internal static class LevelText
{
    public static readonly string[] Names = ["none", "trace", "debug", "info", "warn", "error", "fatal"];

    public static string Of(Severity severity) => Names[IndexOf(severity)];

    /// <summary>Index into <see cref="Names"/>: four severity numbers make a level.</summary>
    public static int IndexOf(Severity severity) => (int)severity is >= 1 and <= 24 ? ((int)severity + 3) / 4 : 0;
}
