using Culvert.Connections;
using Culvert.Transports.Tls;

namespace Culvert.Collector.Inputs.Connections;

/// <summary>Which clients of an input may relay: hand on records as those of others, whom this collector never
/// saw.</summary>
/// <param name="IsAllowed">Whether any may. Default: none.</param>
/// <param name="Names">Which ones: names of their certificates, or users. Without any, whoever may connect.</param>
internal sealed record RelayRule(bool IsAllowed, IReadOnlyList<string> Names)
{
    public static RelayRule Nobody { get; } = new(false, []);

    /// <summary>Why this peer may not, or null.</summary>
    public string? Problem(string input, Peer peer)
    {
        if (!IsAllowed)
        {
            return $"The input '{input}' takes no relays; say relay: true at this input in the culvert.json of the "
                + "collector that is relayed to.";
        }

        if (Names.Count == 0 || NamesOf(peer).Any(name => Names.Contains(name, StringComparer.OrdinalIgnoreCase)))
            return null;
        var who = peer.Certificate?.Subject ?? peer.UserName ?? PeerAttributes.Describe(peer);
        return $"{who} may not relay to the input '{input}'; add one of its names to relayFrom there.";
    }

    private static IEnumerable<string> NamesOf(Peer peer)
    {
        if (peer.Certificate is { } certificate)
        {
            foreach (var name in TlsNames.All(certificate)) yield return name;
        }

        if (peer.UserName is { } user) yield return user;
        if (peer.UserSid is { } sid) yield return sid;
    }
}
