using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Inputs.Journals;

/// <summary>What the input that drains journals says of itself. Event ids 2100 to 2119.</summary>
internal static partial class JournalLog
{
    [LoggerMessage(2100, LogLevel.Information, "The input '{Input}' reads the journals in {Folder}.")]
    public static partial void Reading(ILogger logger, string input, string folder);

    [LoggerMessage(2101, LogLevel.Information, "The input '{Input}' reads no journals: {Reason}")]
    public static partial void NotHere(ILogger logger, string input, string reason);

    [LoggerMessage(2102, LogLevel.Debug, "The input '{Input}' began the journal {Path} of process {Process}.")]
    public static partial void Began(ILogger logger, string input, string path, int process);

    [LoggerMessage(2103, LogLevel.Debug, "The input '{Input}' drained and removed the journal {Path} of a program that "
        + "has ended; {Abandoned} places in it were taken and not filled.")]
    public static partial void Drained(ILogger logger, string input, string path, int abandoned);

    [LoggerMessage(2104, LogLevel.Error, "The input '{Input}' puts a journal aside as {Path}, which it cannot read: "
        + "{Reason} What was read before is safe; look at the file and remove it.")]
    public static partial void PutAside(ILogger logger, string input, string path, string reason);

    [LoggerMessage(2105, LogLevel.Warning, "The input '{Input}' leaves {Path} alone, which another program holds, or "
        + "which is no file of this user for this user alone; remove it if it stays there.")]
    public static partial void NotOurs(ILogger logger, string input, string path);

    [LoggerMessage(2107, LogLevel.Warning, "The input '{Input}' reads no journals in memory: {Reason}")]
    public static partial void NoMemory(ILogger logger, string input, string reason);

    [LoggerMessage(2108, LogLevel.Warning, "The input '{Input}' reads no journals on the disk, so that programs send "
        + "their records over the connection: {Reason}")]
    public static partial void NoFolder(ILogger logger, string input, string reason);

    [LoggerMessage(2109, LogLevel.Warning, "The input '{Input}' cannot read the journal {Path} now and tries again: "
        + "{Reason}")]
    public static partial void CannotRead(ILogger logger, string input, string path, string reason);

    [LoggerMessage(2106, LogLevel.Warning, "The input '{Input}' could not read the journals and tries again.")]
    public static partial void Failed(ILogger logger, string input, Exception exception);
}
