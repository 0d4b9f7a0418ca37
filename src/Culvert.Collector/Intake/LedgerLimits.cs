namespace Culvert.Collector.Intake;

/// <summary>Every limit of the ledger and the table of duplicates, in one place.</summary>
internal static class LedgerLimits
{
    /// <summary>Most inputs that are counted by name.</summary>
    public const int InputsMax = 256;

    /// <summary>Most sources that are counted by name.</summary>
    public const int SourcesMax = 1_024;

    /// <summary>Most producer epochs of which the highest sequence is kept. Beyond it those go that were not heard of
    /// for longest; should one of them send again what it sent before, it is taken twice.</summary>
    public const int ProducersMax = 4_096;

    /// <summary>So many go at once, so that the search for the oldest is rare.</summary>
    public const int ProducersEvicted = ProducersMax / 16;

    /// <summary>Most ranges of lost sequences that are listed for one producer; of more, the smallest are only counted,
    /// and what comes late in one of these passes for a duplicate.</summary>
    public const int GapRangesMax = 16;

    /// <summary>Longest name, in bytes of UTF-8.</summary>
    public const int NameBytesMax = 256;

    /// <summary>The name under which is counted what is over a limit.</summary>
    public const string Other = "(other)";

    /// <summary>The name under which is counted what is too damaged to tell.</summary>
    public const string Unknown = "(unknown)";
}
