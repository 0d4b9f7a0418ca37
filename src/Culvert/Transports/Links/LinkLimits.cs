namespace Culvert.Transports.Links;

/// <summary>Every limit of a connection's buffers and waits, in one place.</summary>
internal static class LinkLimits
{
    /// <summary>First buffer for received bytes, in bytes. It grows while reads fill it.</summary>
    public const int ReceiveBytesMin = 4 * 1024;

    /// <summary>Largest buffer of one receive, in bytes; larger ones gain nothing on a socket.</summary>
    public const int ReceiveBytesMax = 64 * 1024;

    /// <summary>Smallest buffer handed to a writer, in bytes.</summary>
    public const int WriteBytesMin = 4 * 1024;

    /// <summary>Buffers sent by one system call.</summary>
    public const int VectorsMax = 16;

    /// <summary>Longest message, in bytes, unless the user says otherwise, and the most that the user can
    /// say.</summary>
    public const int MessageBytesDefault = 1024 * 1024;

    public const int MessageBytesMax = 64 * 1024 * 1024;

    /// <summary>Bytes thrown away at most when a connection is closed with bytes unread.</summary>
    public const int DiscardBytesMax = 16 * 1024 * 1024;

    /// <summary>How long a dispose waits for a peer that does not take the last bytes.</summary>
    public static readonly TimeSpan LingerMax = TimeSpan.FromSeconds(2);
}
