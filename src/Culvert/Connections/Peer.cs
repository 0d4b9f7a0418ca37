using System.Net;

namespace Culvert.Connections;

/// <summary>
/// Who is on the other side, as the kernel says it; nothing here comes from what the peer sent. What a mechanism cannot
/// tell is null.
/// </summary>
public sealed record Peer
{
    /// <summary>A peer of which nothing is known.</summary>
    public static Peer Unknown { get; } = new();

    /// <summary>The process at the time it connected. It may have ended since, and its number may have been given
    /// again.</summary>
    public int? ProcessId { get; init; }

    /// <summary>The user's number on Linux (uid).</summary>
    public uint? UserId { get; init; }

    /// <summary>The primary group's number on Linux (gid).</summary>
    public uint? GroupId { get; init; }

    /// <summary>The user's name, where the system knows one.</summary>
    public string? UserName { get; init; }

    /// <summary>The user's security identifier on Windows (<c>S-1-5-...</c>). Decide by this, not by the name: names
    /// can change, and two domains may have the same.</summary>
    public string? UserSid { get; init; }

    /// <summary>How far Windows trusts the peer's process.</summary>
    public IntegrityLevel? Integrity { get; init; }

    /// <summary>The peer's session on Windows; 0 is that of services.</summary>
    public int? SessionId { get; init; }

    /// <summary>The program's file, read from the system when the connection was made.</summary>
    public string? ExecutablePath { get; init; }

    /// <summary>The network address of a remote or loopback peer.</summary>
    public EndPoint? RemoteAddress { get; init; }

    /// <summary>Whether the peer is on this machine; null where the mechanism cannot tell.</summary>
    public bool? IsLocal { get; init; }

    /// <summary>The certificate that a peer of <c>tls://</c> proved itself with.</summary>
    public PeerCertificate? Certificate { get; init; }
}
