namespace Culvert.Collector.Search;

/// <summary>Every limit of asking a search engine, in one place.</summary>
internal static class SearchLimits
{
    /// <summary>Searches of the store that run at one time; the rest wait. Each keeps a core busy, and the intake comes
    /// first.</summary>
    public const int SearchCountMax = 4;

    /// <summary>Records a live tail may lie behind; beyond it the tail skips towards the end, and says how many it left
    /// out. Within it nothing is left out, also when a browser comes back after a while.</summary>
    public const ulong TailBehindMax = 200_000;

    /// <summary>How far before the end a tail goes on that skipped.</summary>
    public const ulong TailResumeBehind = 1_000;
}
