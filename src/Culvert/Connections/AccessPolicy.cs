namespace Culvert.Connections;

/// <summary>Which local users a listener admits, decided on the identity the kernel reports, never on what a client
/// says.</summary>
public sealed class AccessPolicy
{
    private AccessPolicy(AccessKind kind, IReadOnlyList<string> users, IReadOnlyList<string> groups)
    {
        Kind = kind;
        Users = users;
        Groups = groups;
    }

    /// <summary>The user this process runs as, and no other. The default.</summary>
    public static AccessPolicy SameUser { get; } = new(AccessKind.SameUser, [], []);

    /// <summary>Every user of this machine. Says nothing about other machines: those are never admitted by
    /// it.</summary>
    public static AccessPolicy EveryoneLocal { get; } = new(AccessKind.EveryoneLocal, [], []);

    /// <summary>Which rule applies.</summary>
    public AccessKind Kind { get; }

    /// <summary>User names, or numbers, that are admitted beside the same user.</summary>
    public IReadOnlyList<string> Users { get; }

    /// <summary>Group names, or numbers, whose members are admitted beside the same user.</summary>
    public IReadOnlyList<string> Groups { get; }

    /// <summary>The same user, these users, and the members of these groups.</summary>
    public static AccessPolicy Named(IReadOnlyList<string>? users = null, IReadOnlyList<string>? groups = null) =>
        new(AccessKind.Named, users ?? [], groups ?? []);
}

/// <summary>The rules of an <see cref="AccessPolicy"/>.</summary>
public enum AccessKind
{
    /// <summary>The same user only.</summary>
    SameUser,

    /// <summary>The same user, and named users and groups.</summary>
    Named,

    /// <summary>Everyone on this machine.</summary>
    EveryoneLocal,
}
