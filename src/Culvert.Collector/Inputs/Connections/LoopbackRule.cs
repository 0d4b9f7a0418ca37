using System.Net;
using Culvert.Connections;

namespace Culvert.Collector.Inputs.Connections;

/// <summary>An endpoint that other machines can reach is refused unless a person says that it may be
/// insecure.</summary>
internal static class LoopbackRule
{
    public static void Check(string input, Endpoint endpoint, bool insecure)
    {
        if (insecure || !endpoint.Scheme.EndsWith("tcp", StringComparison.Ordinal)
            && !endpoint.Scheme.EndsWith("udp", StringComparison.Ordinal)) return;
        var colon = endpoint.Address.LastIndexOf(':');
        var host = (colon < 0 ? endpoint.Address : endpoint.Address[..colon]).Trim('[', ']');
        if (host == "localhost") return;
        if (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address)) return;
        throw new ConnectionException(
            ConnectionError.NotAllowed,
            $"The input '{input}' would listen at {endpoint}, which other machines can reach and where nothing proves "
            + "who sends; use tls:// or 127.0.0.1, or say insecure: true.");
    }
}
