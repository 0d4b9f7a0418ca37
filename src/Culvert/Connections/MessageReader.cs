namespace Culvert.Connections;

/// <summary>
/// Receives messages where the peer wrote them, without a copy: read, use, release. From
/// <see cref="MessageChannel.Reader"/>.
/// </summary>
/// <remarks>
/// <para>One caller at a time, any thread. The bytes of a message are the caller's until <see cref="Release"/> or
/// <see cref="WaitToReadAsync"/>; several may be held at once, and the peer waits when they fill the ring. Keep a
/// reference to the reader while you use them.</para>
/// <para>The peer's process can change the bytes while they are read: copy what you check before you check it, if you
/// do not trust the programs of the user whom you admit.</para>
/// </remarks>
public abstract class MessageReader
{
    /// <summary>The next message, or false, without waiting, when none is there; <see cref="WaitToReadAsync"/> also
    /// tells when none will come.</summary>
    public abstract bool TryRead(out ReadOnlySpan<byte> message);

    /// <summary>Gives all messages that were read back to the writer, who hears of it in batches. Never
    /// waits.</summary>
    public abstract void Release();

    /// <summary>Waits until a message is there, after a release of all that were read if it must. False when the peer
    /// sends no more. Cancellation loses nothing. Throws <see cref="ConnectionException"/> when the connection was
    /// aborted. Continuations run on the thread that received; one that blocks delays this connection
    /// only.</summary>
    public abstract ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default);
}
