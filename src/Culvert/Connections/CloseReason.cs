namespace Culvert.Connections;

/// <summary>Why a connection ended: one kind for programs and one sentence for people.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Message">A sentence for a person.</param>
public readonly record struct CloseReason(CloseKind Kind, string Message);

/// <summary>The ways in which a connection ends.</summary>
public enum CloseKind
{
    /// <summary>Still open.</summary>
    None,

    /// <summary>Both sides completed their output and everything was read.</summary>
    Completed,

    /// <summary>This side disposed of the connection while the peer could still send.</summary>
    LocalClosed,

    /// <summary>This side called <see cref="Connection.Abort"/>.</summary>
    LocalAborted,

    /// <summary>The peer closed while this side could still send.</summary>
    PeerClosed,

    /// <summary>The peer aborted the connection.</summary>
    PeerAborted,

    /// <summary>The peer's process ended without closing. Only where the mechanism can tell; elsewhere a dead peer is
    /// <see cref="PeerClosed"/> or <see cref="PeerAborted"/>.</summary>
    PeerDied,

    /// <summary>The operating system reported an error.</summary>
    Failed,

    /// <summary>The peer wrote into the shared memory what no peer may write.</summary>
    ProtocolViolation,
}
