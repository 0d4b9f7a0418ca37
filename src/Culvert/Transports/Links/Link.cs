using Culvert.Connections;

namespace Culvert.Transports.Links;

/// <summary>
/// A mechanism's duplex stream as its connection drives it: one <see cref="LinkConnection"/> turns any link into a
/// connection. Most mechanisms copy bytes and are a <see cref="ByteLink"/>; others lend memory of their own by their
/// input and output.
/// </summary>
/// <remarks>The input: one caller at a time. The output and EndOutput: one caller at a time. The two sides may run at
/// once, and Close and Abort beside both. Nothing throws; what fails is reported as <see cref="LinkResult.Broken"/>
/// after <see cref="ILinkEvents.OnPeerGone"/>.</remarks>
internal abstract class Link
{
    /// <summary>Completes when what <see cref="Close"/> or <see cref="Abort"/> began is done; never faults.</summary>
    public virtual Task CloseFinished => Task.CompletedTask;

    /// <summary>What is received goes here; asked for once, by the connection.</summary>
    public abstract LinkInput CreateInput();

    /// <summary>What is written goes here; asked for once, by the connection.</summary>
    public abstract LinkOutput CreateOutput();

    /// <summary>The connection as messages, asked for once there are any; null where they are not kept apart.</summary>
    public virtual MessageChannel? CreateMessages(LinkConnection connection) =>
        this is IMessageLink { HasMessages: true } link ? new LinkMessages(connection, link) : null;

    /// <summary>Begins to tell of events; the present state counts as one.</summary>
    public abstract void Start(ILinkEvents events);

    /// <summary>Tells the peer that no more comes, and whether this side still reads. Called once, after the last
    /// send.</summary>
    public abstract void EndOutput(bool isClosing);

    /// <summary>Closes in good order: what was sent arrives. Idempotent.</summary>
    public abstract void Close();

    /// <summary>Ends both directions at once and lets the peer know that it was no good end. Idempotent.</summary>
    public abstract void Abort();
}
