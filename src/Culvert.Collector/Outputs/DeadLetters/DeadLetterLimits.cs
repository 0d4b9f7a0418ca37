namespace Culvert.Collector.Outputs.DeadLetters;

/// <summary>The limits of dead letters, in one place.</summary>
internal static class DeadLetterLimits
{
    /// <summary>Size at which a file of letters is closed and the next begins.</summary>
    public const long FileBytesMax = 16L << 20;

    /// <summary>Files of one output, at most; the oldest is deleted, which the log says.</summary>
    public const int FilesMax = 4;

    /// <summary>Refused records that are remembered so that none has a second letter; as many as an output has under
    /// way at once.</summary>
    public const int PositionsKnownMax = 128 * 1024;

    /// <summary>Reasons that are counted apart; what comes with yet another one is counted as
    /// <see cref="OtherReason"/>, so that a server that invents reasons makes no endless table.</summary>
    public const int ReasonsMax = 32;

    /// <summary>Where further reasons are counted.</summary>
    public const string OtherReason = "other";

    /// <summary>Longest text of a reason.</summary>
    public const int ReasonLengthMax = 64;

    /// <summary>Longest text of a problem; the rest is left out.</summary>
    public const int ProblemLengthMax = 4_096;
}
