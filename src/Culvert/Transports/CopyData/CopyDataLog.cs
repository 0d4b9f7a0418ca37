using Culvert.Connections;
using Microsoft.Extensions.Logging;

namespace Culvert.Transports.CopyData;

/// <summary>What listeners on WM_COPYDATA log. Event ids 1140 to 1159.</summary>
internal static partial class CopyDataLog
{
    [LoggerMessage(1140, LogLevel.Warning,
        "Refused a client at {Endpoint}: process {ProcessId} of user {User} is not admitted.")]
    public static partial void Refused(ILogger logger, Endpoint endpoint, int processId, string? user);

    [LoggerMessage(1141, LogLevel.Warning,
        "Dropped a client at {Endpoint}: the window that it claims, of process {ProcessId}, did not ask to connect.")]
    public static partial void Unproven(ILogger logger, Endpoint endpoint, int processId);

    [LoggerMessage(1142, LogLevel.Warning,
        "Dropped a client at {Endpoint}: the window that it claims did not answer within {Limit}.")]
    public static partial void Silent(ILogger logger, Endpoint endpoint, TimeSpan limit);
}
