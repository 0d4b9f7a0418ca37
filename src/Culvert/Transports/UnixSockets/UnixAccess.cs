using Culvert.Connections;
using Culvert.Transports.Linux;

namespace Culvert.Transports.UnixSockets;

/// <summary>An <see cref="AccessPolicy"/> in numbers, worked out once when the listener is made.</summary>
internal sealed class UnixAccess
{
    private readonly AccessKind _kind;
    private readonly HashSet<uint> _users = [];
    private readonly HashSet<uint> _groups = [];

    /// <summary>Throws InvalidEndpoint when the policy names a user or group that this system does not know.</summary>
    public UnixAccess(AccessPolicy policy)
    {
        _kind = policy.Kind;
        _users.Add(Libc.GetEffectiveUserId());
        foreach (var name in policy.Users) _users.Add(PeerLookup.UserId(name) ?? throw Unknown("user", name));
        foreach (var name in policy.Groups) _groups.Add(PeerLookup.GroupId(name) ?? throw Unknown("group", name));
    }

    public bool Admits(SocketHandle socket, Libc.Credentials peer)
    {
        if (_kind == AccessKind.EveryoneLocal || _users.Contains(peer.UserId)) return true;
        return _groups.Count > 0
            && (_groups.Contains(peer.GroupId) || PeerLookup.GroupsOf(socket).Any(_groups.Contains));
    }

    /// <summary>The same for a datagram, with which the kernel gives one group alone.</summary>
    public bool Admits(Libc.Credentials peer) =>
        _kind == AccessKind.EveryoneLocal || _users.Contains(peer.UserId) || _groups.Contains(peer.GroupId);

    private static ConnectionException Unknown(string what, string name) =>
        new(ConnectionError.InvalidEndpoint, $"This system knows no {what} '{name}'; correct the access option.");
}
