namespace Culvert.Transports.Linux;

/// <summary>The events of epoll (sys/epoll.h).</summary>
[Flags]
internal enum EpollEvents : uint
{
    None = 0,
    Readable = 0x1,

    /// <summary>An out-of-band byte waits.</summary>
    Priority = 0x2,
    Writable = 0x4,
    Error = 0x8,

    /// <summary>Both directions have ended.</summary>
    HangUp = 0x10,

    /// <summary>The peer sends no more.</summary>
    PeerEnded = 0x2000,

    /// <summary>Tell of changes only, not of states.</summary>
    EdgeTriggered = 0x80000000,
}
