namespace Culvert.Collector.Inputs.Journals;

/// <summary>Every limit of the input that drains journals, in one place. Those of a journal stand in
/// JournalLimits.</summary>
internal static class JournalInputLimits
{
    /// <summary>Between two looks at the journals while something came a moment ago.</summary>
    public static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(10);

    /// <summary>Between two looks while nothing comes: the longest that a record waits for its reader. The same as a
    /// shipped record waits to share a batch.</summary>
    public static readonly TimeSpan IdlePause = TimeSpan.FromMilliseconds(50);

    /// <summary>How long after the last record looks follow each other quickly.</summary>
    public static readonly TimeSpan BusyFor = TimeSpan.FromSeconds(1);

    /// <summary>Between two looks into the folder, for new journals and for those of programs that died.</summary>
    public static readonly TimeSpan ScanInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Between two looks for files that programs began and died over, or that could not be removed while a
    /// program had them mapped.</summary>
    public static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    /// <summary>Between two reports to the ledger of what a program dropped.</summary>
    public static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);

    /// <summary>Journals that are read at a time; more are taken as these end.</summary>
    public const int JournalsMax = 1_024;

    /// <summary>Records of one journal that were handed over and are not durable yet, in bytes.</summary>
    public const int InFlightBytesMax = 2 * 1024 * 1024;
}
