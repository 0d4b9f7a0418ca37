using System.Buffers;

namespace Culvert.Transports.Links;

/// <summary>
/// A mechanism's raw duplex stream of bytes: calls that never wait, and events that say when to call again. A transport
/// whose mechanism copies is little more than its link.
/// </summary>
internal abstract class ByteLink : Link
{
    private static readonly ReadOnlySequence<byte> Bell = new(new byte[1]);

    public sealed override LinkInput CreateInput() => new QueuedInput(this);

    public sealed override LinkOutput CreateOutput() => new QueuedOutput(this);

    /// <summary>
    /// Takes what is there. <paramref name="mayHaveMore"/> says that the next call may succeed without another event.
    /// </summary>
    public abstract int Receive(Span<byte> destination, out bool mayHaveMore);

    /// <summary>Hands over as much of the bytes as there is room for.</summary>
    public abstract int Send(in ReadOnlySequence<byte> bytes);

    /// <summary>Sends a byte that says nothing but that the peer should look. It is left out where earlier ones are on
    /// their way of which the peer has not yet heard.</summary>
    public virtual void Ring() => Send(Bell);
}
