namespace Culvert.Connections;

/// <summary>The certificate by which a peer proved who it is. It was checked when the connection was made: its chain,
/// its time, and what the options ask for.</summary>
public sealed record PeerCertificate
{
    /// <summary>Whom it names, as a distinguished name: <c>CN=agent-7, O=Example</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>Who signed it.</summary>
    public required string Issuer { get; init; }

    /// <summary>SHA-256 of the whole certificate, in upper-case hexadecimal.</summary>
    public required string Thumbprint { get; init; }

    /// <summary>The names beside the subject (subjectAltName): DNS names, addresses, mail addresses and URIs.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>When it ends.</summary>
    public required DateTimeOffset NotAfter { get; init; }
}
