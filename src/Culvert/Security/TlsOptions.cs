using System.Security.Cryptography.X509Certificates;

namespace Culvert.Security;

/// <summary>
/// How <c>tls://</c> proves who is on both sides. The same type for listeners and for those who connect; each part can
/// also be written in the endpoint, which wins: <c>tls://host:7515?cert=a.pem&amp;key=a.key&amp;ca=ca.pem</c>.
/// </summary>
/// <remarks>Immutable. Files are read when a listener binds and before each dial; a listener looks at each handshake
/// whether they changed, so new ones hold for new connections without a restart, and while a new file is broken the old
/// certificate stays in use. The lowest version is TLS 1.3, always.</remarks>
public sealed record TlsOptions
{
    /// <summary>This side's certificate: PEM, with the intermediate ones behind it, or PKCS#12 (<c>.p12</c>,
    /// <c>.pfx</c>). A listener needs one. Endpoint: <c>cert</c>. Default: none.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>The private key as PEM. Default: in the certificate's file. Endpoint: <c>key</c>.</summary>
    public string? KeyFile { get; init; }

    /// <summary>A file whose first line is the password of the key or of the PKCS#12 file. Endpoint:
    /// <c>passwordFile</c>. Default: none.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>The environment variable that holds the password, when there is no file. Endpoint:
    /// <c>passwordVariable</c>. Default: none.</summary>
    public string? PasswordVariable { get; init; }

    /// <summary>The certificates, as PEM, of the authorities that may sign the peer's. Default: to connect, those that
    /// the system trusts; for a listener none, and then no client certificates are asked for. Endpoint:
    /// <c>ca</c>.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>Whether a listener asks clients for certificates. Default
    /// <see cref="TlsClientCertificates.Automatic"/>. Endpoint: <c>clients</c>.</summary>
    public TlsClientCertificates ClientCertificates { get; init; }

    /// <summary>The name that the server's certificate must have. Default: the endpoint's host. Endpoint:
    /// <c>name</c>.</summary>
    public string? ServerName { get; init; }

    /// <summary>Whom to talk to, of all whose certificate is good: each a common name, a whole subject or a name of the
    /// certificate. Default: everyone. Endpoint: <c>allow</c>, separated by commas.</summary>
    public IReadOnlyList<string> AllowedNames { get; init; } = [];

    /// <summary>Whether authorities are asked if a certificate was taken back. Default: they are not; asking needs the
    /// network at each handshake, and refuses when there is no answer. Endpoint: <c>revocation</c>.</summary>
    public X509RevocationMode Revocation { get; init; } = X509RevocationMode.NoCheck;

    /// <summary>How long a client may take for its part of the handshake. Default 10 s, range 100 ms to 5 min. Raising
    /// it lets silent clients wait longer; they never keep others out.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
