namespace Culvert.Transports.Tls;

/// <summary>Every limit of TLS connections, in one place.</summary>
internal static class TlsLimits
{
    /// <summary>Handshakes under way at one listener. One more ends the oldest of them, so that clients that say
    /// nothing cannot keep others out, and cost at most their buffers (some 40 KiB each).</summary>
    public const int HandshakesMax = 256;

    /// <summary>Plain bytes in one TLS record (RFC 8446, 5.1). So much is encrypted at once: a write that waits holds
    /// no more than one record.</summary>
    public const int RecordBytesMax = 16 * 1024;

    /// <summary>Lines about clients that are admitted, and as many about those that are not, in <see
    /// cref="AuditInterval"/>; the rest is counted. Anyone who reaches the port can bring such a line about.</summary>
    public const int AuditLinesMax = 20;

    /// <summary>Characters of a certificate's subject, or of a reason that has it, in such a line.</summary>
    public const int AuditTextMax = 500;

    public static readonly TimeSpan AuditInterval = TimeSpan.FromSeconds(10);

    public static readonly TimeSpan HandshakeTimeoutMin = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan HandshakeTimeoutMax = TimeSpan.FromMinutes(5);

    /// <summary>Largest certificate, key or authority file, in bytes.</summary>
    public const int FileBytesMax = 1024 * 1024;
}
