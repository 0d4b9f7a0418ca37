using Culvert.Records;

namespace Culvert.Collector.Records;

/// <summary>Severity numbers by name, as OpenTelemetry's data model abbreviates them, in lower case: <c>warn</c>,
/// <c>warn2</c>; <c>none</c> where a record has no level.</summary>
internal static class LevelText
{
    private static readonly string[] Short = ["---", "TRC", "DBG", "INF", "WRN", "ERR", "FTL"];

    private static readonly string[] Names = ["none", .. MakeNames()];

    public static string Name(Severity severity) => Names[Math.Min((int)severity, Names.Length - 1)];

    /// <summary>The names of the levels by their place in a protocol's report: 0 for trace to 5 for fatal.</summary>
    public static string NameOfLevel(int level) => Names[1 + level * 4];

    /// <summary>Three letters for a terminal.</summary>
    public static string ShortName(Severity severity) => Short[Step(severity)];

    /// <summary>How many there are of <see cref="Step"/>.</summary>
    public const int Steps = 7;

    /// <summary>0 for none, then 1 for trace to 6 for fatal.</summary>
    public static int Step(Severity severity) => Math.Min(((int)severity + 3) / 4, 6);

    private static IEnumerable<string> MakeNames() =>
        from level in (string[])["trace", "debug", "info", "warn", "error", "fatal"]
        from step in Enumerable.Range(1, 4)
        select step == 1 ? level : level + step;
}
