namespace Culvert.Transports.CopyData;

/// <summary>What came of one send of a stream.</summary>
internal readonly record struct CopyDataSent(CopyDataSentKind Kind, int Count = 0);

/// <summary>What can come of it.</summary>
internal enum CopyDataSentKind
{
    /// <summary>The peer has so many bytes.</summary>
    Taken,

    /// <summary>The peer has no room; it will tell.</summary>
    Full,

    /// <summary>The peer did not answer in time; the same is to be tried again.</summary>
    Unanswered,

    /// <summary>The peer's window is gone.</summary>
    NoWindow,

    /// <summary>The peer's window knows nothing of this connection any more.</summary>
    Gone,

    /// <summary>The system does not let this process send to the peer's window.</summary>
    NotAllowed,

    /// <summary>The peer's answer makes no sense.</summary>
    Violation,
}
