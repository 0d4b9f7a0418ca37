using Culvert.Connections;

namespace Culvert.Transports.Links;

/// <summary>What became of the process on the other side of a stream that has ended.</summary>
internal interface IPeerFate
{
    /// <summary>Calls once, at once or on another thread as soon as it is known: <see cref="CloseKind.None"/> while the
    /// process lives or nobody knows it, <see cref="CloseKind.PeerDied"/> when it ended in no good order,
    /// <see cref="CloseKind.PeerClosed"/> when it ended in one.</summary>
    void Ask(Action<CloseReason> answer);
}
