using System.Net;
using System.Net.Sockets;

namespace Culvert.Cli.Processes;

/// <summary>For programs that cannot be asked which port the system chose for them.</summary>
internal static class LoopbackPort
{
    /// <summary>One that was free a moment ago.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
