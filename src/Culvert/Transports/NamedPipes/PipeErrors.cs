using System.ComponentModel;
using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Transports.Links;
using Culvert.Transports.Linux;
using Culvert.Transports.Windows;

namespace Culvert.Transports.NamedPipes;

/// <summary>Turns error numbers of Windows into the exceptions of the contracts.</summary>
[SupportedOSPlatform("windows")]
internal static class PipeErrors
{
    /// <summary>Why a dial failed.</summary>
    public static ConnectionException Dial(int error, Endpoint endpoint)
    {
        var inner = new Win32Exception(error);
        return error switch
        {
            Win32Error.FileNotFound or Win32Error.PathNotFound => DialErrors.NobodyListens(endpoint, inner),
            Win32Error.BadNetworkPath => new ConnectionException(
                ConnectionError.NobodyListens, $"The machine of {endpoint} cannot be reached; see if it is on.", inner),
            Win32Error.AccessDenied => DialErrors.NotAllowed(endpoint, inner),
            Win32Error.InvalidName => new ConnectionException(
                ConnectionError.InvalidEndpoint, $"The system takes no such name: {endpoint}.", inner),
            _ => SocketErrors.System(error, $"Connecting to {endpoint} failed"),
        };
    }
}
