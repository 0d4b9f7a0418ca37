using System.IO.Pipelines;

namespace Culvert.Connections;

/// <summary>
/// A duplex byte stream to one peer. Bytes arrive in order and none is lost, also when the sender closes at once after
/// its last write.
/// </summary>
/// <remarks>
/// <para>Reading: <see cref="Input"/> by one reader at a time. Writing: <see cref="Output"/> by one writer at a time.
/// The two directions are independent and may be used at the same time from different threads.</para>
/// <para>Half-close: completing <see cref="Output"/> sends what was written and then tells the peer that no more
/// comes; reading goes on.</para>
/// <para>Continuations run on the thread that received, so keep them short; a continuation that blocks delays this
/// connection only.</para>
/// <para>Close order: whoever closes first decides <see cref="CloseReason"/>; it is set once, and after
/// <see cref="Closed"/> completed it never changes.</para>
/// </remarks>
public abstract class Connection : IAsyncDisposable
{
    /// <summary>What the peer sends. Completes when the peer half-closed; throws <see cref="ConnectionException"/>
    /// from ReadAsync when the connection was aborted or the peer died with bytes missing. Reading throws
    /// <see cref="InvalidOperationException"/> once the <see cref="MessageChannel.Reader"/> was taken.</summary>
    public abstract PipeReader Input { get; }

    /// <summary>What is sent to the peer. FlushAsync waits while the peer does not read (back-pressure) and returns
    /// IsCompleted when the peer is gone. Writing and flushing throw <see cref="InvalidOperationException"/> once the
    /// <see cref="MessageChannel.Writer"/> was taken; completing ends the messages.</summary>
    public abstract PipeWriter Output { get; }

    /// <summary>The same as whole messages, where the mechanism keeps them apart
    /// (<c>shm://name</c>, and <c>pipe://name?mode=message</c> on Windows); null elsewhere.</summary>
    public virtual MessageChannel? Messages => null;

    /// <summary>Who is on the other side, as the kernel says it.</summary>
    public abstract Peer Peer { get; }

    /// <summary>The endpoint this connection was dialled to or accepted on.</summary>
    public abstract Endpoint Endpoint { get; }

    /// <summary>Completes when both directions have ended, with the one reason; never faults.</summary>
    public abstract Task<CloseReason> Closed { get; }

    /// <summary>
    /// Ends the connection at once in both directions; bytes not yet sent may be lost. Idempotent, any thread, returns
    /// without waiting.
    /// </summary>
    public abstract void Abort(string message);

    /// <summary>Sends what was written, closes, and frees the handle. Idempotent; waits for the peer to take the last
    /// bytes
    /// no longer than the transport's linger time, then aborts.</summary>
    public abstract ValueTask DisposeAsync();
}
