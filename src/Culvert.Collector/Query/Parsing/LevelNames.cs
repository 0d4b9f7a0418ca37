namespace Culvert.Collector.Query.Parsing;

/// <summary>The names of levels and the ranges of OpenTelemetry's severity numbers that they stand for.</summary>
internal static class LevelNames
{
    private static readonly Dictionary<string, (int Low, int High)> Ranges = new(StringComparer.OrdinalIgnoreCase)
    {
        ["none"] = (0, 0),
        ["trace"] = (1, 4), ["trc"] = (1, 4), ["verbose"] = (1, 4), ["vrb"] = (1, 4),
        ["debug"] = (5, 8), ["dbg"] = (5, 8),
        ["info"] = (9, 12), ["inf"] = (9, 12), ["information"] = (9, 12), ["informational"] = (9, 12),
        ["notice"] = (10, 12),
        ["warn"] = (13, 16), ["wrn"] = (13, 16), ["warning"] = (13, 16),
        ["error"] = (17, 20), ["err"] = (17, 20), ["fail"] = (17, 20),
        ["fatal"] = (21, 24), ["ftl"] = (21, 24), ["critical"] = (21, 24), ["crit"] = (21, 24), ["crt"] = (21, 24),
        ["panic"] = (21, 24), ["emergency"] = (21, 24), ["emerg"] = (21, 24),
    };

    public static bool TryFind(string name, out int low, out int high)
    {
        (low, high) = (0, 0);
        if (Ranges.TryGetValue(name, out var range))
        {
            (low, high) = range;
            return true;
        }

        // OpenTelemetry's steps within a level: warn2 is 14.
        if (name.Length < 2 || name[^1] is not (>= '2' and <= '4')) return false;
        if (!Ranges.TryGetValue(name[..^1], out range) || range.High - range.Low != 3) return false;
        low = high = range.Low + (name[^1] - '1');
        return true;
    }
}
