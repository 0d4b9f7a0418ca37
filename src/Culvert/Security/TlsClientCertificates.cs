namespace Culvert.Security;

/// <summary>What a TLS listener asks of its clients.</summary>
public enum TlsClientCertificates
{
    /// <summary><see cref="Required"/> when an authority file is given, else <see cref="None"/>.</summary>
    Automatic,

    /// <summary>No certificate is asked for: whoever reaches the port is let in.</summary>
    None,

    /// <summary>One that is shown must be good; a client without one is let in, and has no certificate in
    /// <see cref="Connections.Peer"/>.</summary>
    Optional,

    /// <summary>A client without a good one is refused.</summary>
    Required,
}
