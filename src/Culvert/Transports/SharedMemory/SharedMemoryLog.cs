using Culvert.Connections;
using Microsoft.Extensions.Logging;

namespace Culvert.Transports.SharedMemory;

/// <summary>What a listener that shares memory reports. Event ids 1120 to 1139.</summary>
internal static partial class SharedMemoryLog
{
    [LoggerMessage(1120, LogLevel.Warning,
        "{Endpoint} shared no memory with process {ProcessId}: this process may not give it handles.")]
    public static partial void NotGiven(ILogger logger, Endpoint endpoint, int? processId);

    [LoggerMessage(1121, LogLevel.Error, "{Endpoint} shared no memory with a client: it could not be set up.")]
    public static partial void NotMade(ILogger logger, Endpoint endpoint, Exception exception);
}
