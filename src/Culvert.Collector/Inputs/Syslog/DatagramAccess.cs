using System.Globalization;
using Culvert.Connections;

namespace Culvert.Collector.Inputs.Syslog;

/// <summary>Decides by the kernel's credentials whether a datagram is taken. Users and groups are given by name or
/// number; of groups the kernel tells the sender's primary one only.</summary>
internal sealed class DatagramAccess
{
    private readonly AccessKind _kind;
    private readonly HashSet<uint> _users;
    private readonly HashSet<uint> _groups;

    public DatagramAccess(AccessPolicy policy)
    {
        _kind = policy.Kind;
        _users = [.. policy.Users.Select(name => Number(name, "/etc/passwd", "user"))];
        _users.Add(DatagramLibc.GetEffectiveUserId());
        _groups = [.. policy.Groups.Select(name => Number(name, "/etc/group", "group"))];
    }

    public bool Admits(DatagramLibc.Credentials? sender) =>
        _kind == AccessKind.EveryoneLocal
        || sender is { } known && (_users.Contains(known.UserId) || _groups.Contains(known.GroupId));

    private static uint Number(string name, string file, string what)
    {
        if (uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
        var fields = File.ReadLines(file).Select(line => line.Split(':')).FirstOrDefault(f => f.Length > 2 && f[0] == name);
        return fields is not null && uint.TryParse(fields[2], CultureInfo.InvariantCulture, out number)
            ? number
            : throw new ConnectionException(
                ConnectionError.InvalidEndpoint, $"This system knows no {what} '{name}'; correct the access option.");
    }
}
