using Culvert.Connections;
using Microsoft.Extensions.Logging;

namespace Culvert.Transports.Linux;

/// <summary>What listeners on sockets log. Event ids 1100 to 1119.</summary>
internal static partial class SocketLog
{
    [LoggerMessage(1100, LogLevel.Warning,
        "Refused a client at {Endpoint}: process {ProcessId} of user {UserId} is not admitted.")]
    public static partial void Refused(ILogger logger, Endpoint endpoint, int processId, uint userId);

    [LoggerMessage(1101, LogLevel.Error,
        "Cannot accept at {Endpoint} for now (error {Errno}): raise the limit of open files or memory.")]
    public static partial void AcceptShortage(ILogger logger, Endpoint endpoint, int errno);

    [LoggerMessage(1102, LogLevel.Warning, "A client at {Endpoint} was lost while it was admitted.")]
    public static partial void AdmitFailed(ILogger logger, Endpoint endpoint, Exception exception);

    [LoggerMessage(1103, LogLevel.Information, "Took over {Path}, left by a listener that is gone.")]
    public static partial void TookOver(ILogger logger, string path);
}
