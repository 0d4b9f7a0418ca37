using Microsoft.Extensions.Logging;

namespace Culvert.Transports.StandardStreams;

/// <summary>What is logged of child processes. Event ids 1180 to 1199.</summary>
internal static partial class StandardStreamsLog
{
    [LoggerMessage(1180, LogLevel.Information, "{Program} ({ProcessId}): {Line}")]
    public static partial void Line(ILogger logger, string program, int processId, string line);

    [LoggerMessage(1181, LogLevel.Error, "The callback for the lines of child process {ProcessId} failed.")]
    public static partial void CallbackFailed(ILogger logger, int processId, Exception exception);

    [LoggerMessage(1182, LogLevel.Warning,
        "{Count} lines of child process {ProcessId} were dropped: they came faster than they were taken.")]
    public static partial void LinesDropped(ILogger logger, long count, int processId);

    [LoggerMessage(1183, LogLevel.Warning,
        "Child process {ProcessId} ({Program}) was killed: it had not ended within its time.")]
    public static partial void Killed(ILogger logger, int processId, string program);

    [LoggerMessage(1184, LogLevel.Information, "Child process {ProcessId} ({Program}) {Exit}.")]
    public static partial void Exited(ILogger logger, int processId, string program, ChildExit exit);
}
