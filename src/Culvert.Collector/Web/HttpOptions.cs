using System.Net;
using Culvert.Collector.Configuration;

namespace Culvert.Collector.Web;

/// <summary>What a user may set under <c>http</c>. Checked once, when the host is made.</summary>
internal sealed record HttpOptions
{
    /// <summary>Where the page and the API listen: host and port. Default 127.0.0.1:7514; port 0 takes a free one.
    /// Beyond loopback it is refused unless <see cref="Insecure"/> is set, since neither records nor the token would be
    /// encrypted.</summary>
    public string Address { get; init; } = "127.0.0.1:7514";

    /// <summary>Names under which the collector may be addressed beside localhost and the address itself, for a proxy
    /// in front of it. Default none. A request with any other Host header is refused: that is how a hostile page would
    /// reach it through a name of its own (DNS rebinding).</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Opens /healthz, /readyz and /metrics to everyone who reaches the address. Default false. They tell
    /// names of programs and how much they log, not what.</summary>
    public bool OpenMetrics { get; init; }

    /// <summary>Allows an address beyond loopback without TLS. Default false.</summary>
    public bool Insecure { get; init; }

    /// <summary>Reads the section <c>http</c>.</summary>
    public static HttpOptions Of(ConfiguredObject http) => new()
    {
        Address = http.Text("address"),
        Hosts = http.Texts("hosts"),
        OpenMetrics = http.Boolean("openMetrics"),
        Insecure = http.Boolean("insecure"),
    };

    /// <summary>The address read into an endpoint; throws <see cref="FormatException"/> with a sentence for a
    /// person.</summary>
    public IPEndPoint ReadAddress()
    {
        var text = Address.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? Address[7..].TrimEnd('/') : Address;
        if (text.StartsWith("localhost", StringComparison.OrdinalIgnoreCase)) text = "127.0.0.1" + text[9..];
        if (text.StartsWith(':')) text = "127.0.0.1" + text;
        if (!text.Contains(':', StringComparison.Ordinal) || !IPEndPoint.TryParse(text, out var endpoint))
            throw new FormatException($"'{Address}' is no address for http; write one such as 127.0.0.1:7514.");
        if (!IPAddress.IsLoopback(endpoint.Address) && !Insecure)
        {
            throw new FormatException(
                $"http at {Address} would answer other machines without encryption; use 127.0.0.1, or set insecure: true.");
        }

        return endpoint;
    }
}
