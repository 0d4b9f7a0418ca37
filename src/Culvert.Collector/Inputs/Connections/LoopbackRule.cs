using System.Net;
using Culvert.Connections;

namespace Culvert.Collector.Inputs.Connections;

/// <summary>An endpoint that other machines can reach, or that is on another machine, is refused where nothing is
/// encrypted and nobody proves who it is, unless a person says that it may be insecure.</summary>
internal static class LoopbackRule
{
    public static void Check(string input, Endpoint endpoint, bool insecure)
    {
        if (insecure || !IsOpen(endpoint)) return;
        throw new ConnectionException(
            ConnectionError.NotAllowed,
            $"The input '{input}' would listen at {endpoint}, which other machines can reach and where nothing proves "
            + "who sends; use tls:// or 127.0.0.1, or say insecure: true.");
    }

    /// <summary>The same of an output that connects.</summary>
    public static void CheckOutput(string output, Endpoint endpoint, bool insecure)
    {
        if (insecure || !IsOpen(endpoint)) return;
        throw new ConnectionException(
            ConnectionError.NotAllowed,
            $"The output '{output}' would send to {endpoint}, where others on the way can read along and nothing "
            + "proves who answers; use tls://, or say insecure: true.");
    }

    private static bool IsOpen(Endpoint endpoint)
    {
        if (!endpoint.Scheme.EndsWith("tcp", StringComparison.Ordinal)
            && !endpoint.Scheme.EndsWith("udp", StringComparison.Ordinal)) return false;
        var colon = endpoint.Address.LastIndexOf(':');
        var host = (colon < 0 ? endpoint.Address : endpoint.Address[..colon]).Trim('[', ']');
        if (host == "localhost") return false;
        return !IPAddress.TryParse(host, out var address) || !IPAddress.IsLoopback(address);
    }
}
