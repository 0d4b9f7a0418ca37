using System.Globalization;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using System.Text;
using Culvert.Connections;

namespace Culvert.Transports.Windows;

/// <summary>An <see cref="AccessPolicy"/> in security identifiers, worked out once when the listener is made.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsAccess
{
    private static readonly Lazy<SecurityIdentifier> OfProcess = new(() =>
    {
        using var self = PeerProcess.TryOpen(Environment.ProcessId)!;
        return self.User!;
    });

    private readonly AccessKind _kind;
    private readonly HashSet<SecurityIdentifier> _users = [];
    private readonly HashSet<SecurityIdentifier> _groups = [];

    /// <summary>Throws InvalidEndpoint when the policy names a user or group that this system does not know.</summary>
    public WindowsAccess(AccessPolicy policy)
    {
        _kind = policy.Kind;
        _users.Add(CurrentUser());
        foreach (var name in policy.Users) _users.Add(Find(name) ?? throw Unknown("user", name));
        foreach (var name in policy.Groups) _groups.Add(Find(name) ?? throw Unknown("group", name));
    }

    /// <summary>The user of this process, whomever a thread impersonates.</summary>
    public static SecurityIdentifier CurrentUser() => OfProcess.Value;

    /// <summary>The identifier of an account by name, or written as S-1-...; null when there is none.</summary>
    public static SecurityIdentifier? Find(string name)
    {
        try
        {
            if (name.StartsWith("S-1-", StringComparison.OrdinalIgnoreCase)) return new SecurityIdentifier(name);
            return (SecurityIdentifier)new NTAccount(name).Translate(typeof(SecurityIdentifier));
        }
        catch (Exception e) when (e is IdentityNotMappedException or ArgumentException or SystemException)
        {
            return null;
        }
    }

    /// <summary>Whose listener a client trusts: the user it names, or its own when it names none.</summary>
    public static SecurityIdentifier OwnerOf(string? name, Endpoint endpoint) =>
        name is null ? CurrentUser() : Find(name) ?? throw new ConnectionException(
            ConnectionError.InvalidEndpoint, $"This system knows no user '{name}'; correct {endpoint}.");

    public bool Admits(PeerProcess process) => Admits(process.Identity);

    /// <summary>Whether this user is let in; one that is not known only with everybody.</summary>
    public bool Admits(TokenIdentity? identity)
    {
        if (_kind == AccessKind.EveryoneLocal) return true;
        if (identity?.User is null) return false;
        if (_users.Contains(identity.User)) return true;
        return _groups.Count > 0 && identity.Groups is { } groups
            && groups.OfType<SecurityIdentifier>().Any(_groups.Contains);
    }

    /// <summary>The same for the system to enforce, as a security descriptor of a pipe: this user owns it and may do
    /// everything, the
    /// others reading and writing but no new instance (FILE_CREATE_PIPE_INSTANCE), and the network nothing unless
    /// asked for.</summary>
    public byte[] PipeDescriptor(bool admitsRemote)
    {
        var descriptor = new RawSecurityDescriptor(PipeSddl(admitsRemote));
        var bytes = new byte[descriptor.BinaryLength];
        descriptor.GetBinaryForm(bytes, 0);
        return bytes;
    }

    /// <summary>In the security descriptor definition language, with a protected list: nothing is inherited.</summary>
    public string PipeSddl(bool admitsRemote)
    {
        const string Client = "0x12019b"; // FILE_GENERIC_READ and FILE_GENERIC_WRITE without FILE_APPEND_DATA.
        // Named, since the owner that the system chooses for an administrator is the administrators' group.
        var text = new StringBuilder($"O:{CurrentUser()}D:P");
        if (!admitsRemote) text.Append("(D;;FA;;;NU)");
        text.Append(CultureInfo.InvariantCulture, $"(A;;FA;;;{CurrentUser()})");
        foreach (var other in _users.Concat(_groups).Where(sid => sid != CurrentUser()).Order())
            text.Append(CultureInfo.InvariantCulture, $"(A;;{Client};;;{other})");
        if (_kind == AccessKind.EveryoneLocal) text.Append("(A;;").Append(Client).Append(";;;WD)");
        return text.ToString();
    }

    private static ConnectionException Unknown(string what, string name) =>
        new(ConnectionError.InvalidEndpoint, $"This system knows no {what} '{name}'; correct the access option.");
}
