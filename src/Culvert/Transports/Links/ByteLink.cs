using System.Buffers;

namespace Culvert.Transports.Links;

/// <summary>
/// A mechanism's raw duplex stream of bytes: calls that never wait, and events that say when to call again. One
/// <see cref="LinkConnection"/> turns any link into a connection, so a transport is little more than its link.
/// </summary>
/// <remarks>Receive: one caller at a time. Send and EndOutput: one caller at a time. The two sides may run at once, and
/// Close and Abort beside both. Nothing throws; what fails is reported as <see cref="LinkResult.Broken"/> after
/// <see cref="ILinkEvents.OnPeerGone"/>.</remarks>
internal abstract class ByteLink
{
    /// <summary>Begins to tell of events; the present state counts as one.</summary>
    public abstract void Start(ILinkEvents events);

    /// <summary>
    /// Takes what is there. <paramref name="mayHaveMore"/> says that the next call may succeed without another event.
    /// </summary>
    public abstract int Receive(Span<byte> destination, out bool mayHaveMore);

    /// <summary>Hands over as much of the bytes as there is room for.</summary>
    public abstract int Send(in ReadOnlySequence<byte> bytes);

    /// <summary>Tells the peer that no more comes, and whether this side still reads. Called once, after the last
    /// send.</summary>
    public abstract void EndOutput(bool isClosing);

    /// <summary>Closes in good order: what was sent arrives. Idempotent.</summary>
    public abstract void Close();

    /// <summary>Ends both directions at once and lets the peer know that it was no good end. Idempotent.</summary>
    public abstract void Abort();
}
