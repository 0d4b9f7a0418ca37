using Culvert.Connections;
using Microsoft.Extensions.Logging;

namespace Culvert.Transports.NamedPipes;

/// <summary>What a listener at a named pipe reports. Event ids 1160 to 1179.</summary>
internal static partial class PipeLog
{
    [LoggerMessage(1160, LogLevel.Warning,
        "{Endpoint} refused process {ProcessId} of {User}: the access option does not admit it.")]
    public static partial void Refused(ILogger logger, Endpoint endpoint, int processId, string? user);

    [LoggerMessage(1161, LogLevel.Error,
        "{Endpoint} accepts fewer clients for now: no further instance could be made, which is tried again.")]
    public static partial void InstanceFailed(ILogger logger, Endpoint endpoint, Exception exception);
}
