namespace Culvert.Transports.Links;

/// <summary>What <see cref="ByteLink.Receive"/> and <see cref="ByteLink.Send"/> return when it is no count of
/// bytes.</summary>
internal static class LinkResult
{
    /// <summary>The peer sends no more; what it sent was all received.</summary>
    public const int End = 0;

    /// <summary>Nothing to receive, or no room to send, now; an event will tell.</summary>
    public const int WouldBlock = -1;

    /// <summary>The link is broken; its connection knows why.</summary>
    public const int Broken = -2;
}
