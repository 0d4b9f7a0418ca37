using System.Net;
using Microsoft.AspNetCore.Http;

namespace Culvert.Collector.Web.Access;

/// <summary>The names under which the collector may be addressed. A page that lets its own name point at 127.0.0.1 (DNS
/// rebinding) still sends that name, and is refused by it.</summary>
internal sealed class HostNames
{
    private readonly HashSet<string> _names =
        new(StringComparer.OrdinalIgnoreCase) { "localhost", "127.0.0.1", "[::1]" };

    private readonly bool _isEveryAddressOurs;

    public HostNames(IPAddress bound, IEnumerable<string> configured)
    {
        // Bound to a wildcard, the collector is reached at addresses that it does not know, such as a pod's. An address
        // as the Host is nothing that a page could have pointed elsewhere: only names are rebound.
        _isEveryAddressOurs = bound.Equals(IPAddress.Any) || bound.Equals(IPAddress.IPv6Any);
        _names.Add(Bracketed(bound));
        foreach (var name in configured) _names.Add(name);
    }

    /// <summary>Whether the host, its port aside, is one of ours. Ports are not compared: a forwarded port is another
    /// one.</summary>
    public bool Contains(HostString host) =>
        host.HasValue && (_names.Contains(host.Host) || (_isEveryAddressOurs && IsAddress(host.Host)));

    /// <summary>Written in full: '127.1' and numbers alone are read in different ways, so they are names
    /// here.</summary>
    private static bool IsAddress(string host) =>
        IPAddress.TryParse(host, out var address)
        && host.Equals(Bracketed(address), StringComparison.OrdinalIgnoreCase);

    private static string Bracketed(IPAddress address) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
}
