namespace Culvert.Connections;

/// <summary>
/// A connection as whole messages, where the mechanism keeps them apart (<c>shm://name</c>, and
/// <c>pipe://name?mode=message</c> on Windows): what one side sends by one call the other receives by one call, also a
/// message of no bytes. From <see cref="Connection.Messages"/>.
/// </summary>
/// <remarks>One receiver at a time and one sender at a time; the two may run at once. Use either this or
/// <see cref="Connection.Input"/> and <see cref="Connection.Output"/> of a connection, not both in one
/// direction; the side that sends by these messages is read by them.</remarks>
public abstract class MessageChannel
{
    /// <summary>Longest message sent or received, in bytes. Default 1 MiB, range 1 to 64 MiB; in shared memory at
    /// most <see cref="MessageWriter.LengthMax"/>, which is the default there. Raising it lets the peer make this
    /// process keep that much for one message. Set it before the first call.</summary>
    public abstract int MessageBytesMax { get; set; }

    /// <summary>The same without a copy, where the mechanism lends its own memory (<c>shm://name</c>); null
    /// elsewhere. Use either this or <see cref="SendAsync"/> at a time. Whoever asks for it has chosen messages: from
    /// then on <see cref="Connection.Output"/> takes no bytes. Throws <see cref="InvalidOperationException"/> while
    /// bytes written there were not sent.</summary>
    public virtual MessageWriter? Writer => null;

    /// <summary>The same without a copy, where the mechanism lends its own memory (<c>shm://name</c>); null
    /// elsewhere. Use either this or <see cref="ReceiveAsync"/> at a time. Whoever asks for it has chosen messages:
    /// from then on <see cref="Connection.Input"/> gives no bytes. Throws
    /// <see cref="InvalidOperationException"/> while a read waits there, or bytes that it gave were not
    /// consumed.</summary>
    public virtual MessageReader? Reader => null;

    /// <summary>Sends one message and completes when the system has taken it (back-pressure). The bytes are the
    /// caller's again when it completes. When it is cancelled while it waits for room, a pipe still sends the message,
    /// whole, before the next one, and shared memory does not. Throws <see cref="ConnectionException"/> when the peer
    /// is gone, and <see cref="ArgumentException"/> when the message is too long.</summary>
    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default);

    /// <summary>The next message, which is the caller's own, or null when the peer has closed. Cancellation loses
    /// nothing. Throws <see cref="ConnectionException"/> when the connection was aborted, or when a message was longer
    /// than <see cref="MessageBytesMax"/>, which aborts it.</summary>
    public abstract ValueTask<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken cancellationToken = default);
}
