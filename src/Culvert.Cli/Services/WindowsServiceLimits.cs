namespace Culvert.Cli.Services;

/// <summary>What is waited for between the collector and the service manager of Windows.</summary>
internal static class WindowsServiceLimits
{
    /// <summary>While it starts or stops the manager hears of it so often.</summary>
    public static readonly TimeSpan BeatInterval = TimeSpan.FromSeconds(3);

    /// <summary>The manager gives up when it has heard nothing for so long.</summary>
    public static readonly TimeSpan WaitHint = TimeSpan.FromSeconds(15);

    /// <summary>So often at most in one start or one stop, which makes two minutes: then it hangs, and silence lets
    /// the manager give up.</summary>
    public const int BeatCountMax = 40;

    /// <summary>Longest text in the system's event log, in characters (ReportEvent).</summary>
    public const int ReportLengthMax = 31_839;

    /// <summary>Lines kept for that text, and before the data folder is known.</summary>
    public const int LineCountMax = 32;

    /// <summary>The file of what the collector says begins anew at this size; one older is kept.</summary>
    public const long LogBytesMax = 4 * 1024 * 1024;
}
