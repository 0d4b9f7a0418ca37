namespace Culvert.Transports.StandardStreams;

/// <summary>Every limit of child processes and their logs, in one place.</summary>
internal static class ChildLimits
{
    public const int LogLineBytesMin = 256;

    public const int LogLineBytesMax = 1024 * 1024;

    /// <summary>Lines that may wait for whoever takes them.</summary>
    public const int LogLinesWaitingMax = 1024;

    public static readonly TimeSpan ExitGraceMax = TimeSpan.FromDays(1);

    /// <summary>How long the logs of a child that has ended are waited for: a process that it started may hold the
    /// stream open for ever, and a callback may never return.</summary>
    public static readonly TimeSpan LogDrainMax = TimeSpan.FromSeconds(1);

    /// <summary>How long the system may take to end a process that was killed.</summary>
    public static readonly TimeSpan KillMax = TimeSpan.FromSeconds(5);
}
