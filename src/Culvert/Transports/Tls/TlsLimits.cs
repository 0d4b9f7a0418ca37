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

    public static readonly TimeSpan HandshakeTimeoutMin = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan HandshakeTimeoutMax = TimeSpan.FromMinutes(5);

    /// <summary>Largest certificate, key or authority file, in bytes.</summary>
    public const int FileBytesMax = 1024 * 1024;
}
