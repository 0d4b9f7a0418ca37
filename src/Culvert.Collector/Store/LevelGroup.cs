using Culvert.Records;

namespace Culvert.Collector.Store;

/// <summary>The seven levels under which a histogram counts: none, trace, debug, info, warn, error, fatal.</summary>
internal static class LevelGroup
{
    public const int Count = 7;

    /// <summary>0 for not said, 1 for trace (1 to 4) up to 6 for fatal (21 to 24).</summary>
    public static int Of(Severity severity) => Math.Min(((int)severity + 3) / 4, Count - 1);
}
