namespace Culvert.Connections;

/// <summary>
/// Sends messages that are written where the peer will read them: claim a place, fill it, commit. What was claimed and
/// not committed is never delivered, however this process ends. From <see cref="MessageChannel.Writer"/>.
/// </summary>
/// <remarks>
/// <para>One caller at a time, any thread. A place belongs to the caller until <see cref="Commit"/>, the next claim or
/// the end of the connection, and holds old bytes: fill all that you commit. Keep a reference to the writer while you
/// write there.</para>
/// <para>A reader that looks finds a message as soon as it is committed. One that sleeps is woken by
/// <see cref="Flush"/>, once for all that was committed before, by a claim that finds no room, or by
/// <see cref="WaitForRoomAsync"/>.</para>
/// <para>Completing <see cref="Connection.Output"/> ends the messages in good order. After that, and after the
/// connection was disposed, no place is granted.</para>
/// </remarks>
public abstract class MessageWriter
{
    /// <summary>Longest message in bytes: a quarter of the ring less 8. The ring's size is
    /// <see cref="ListenerOptions.BufferBytes"/> of the listener.</summary>
    public abstract int LengthMax { get; }

    /// <summary>Claims the place of the next message; an earlier claim that was not committed is given up.</summary>
    /// <param name="length">From 0 to <see cref="LengthMax"/>.</param>
    /// <param name="message">Of that length, in one piece.</param>
    /// <returns>False, without waiting, while there is no room; <see cref="WaitForRoomAsync"/> also tells when there
    /// never will be.</returns>
    public abstract bool TryClaim(int length, out Span<byte> message);

    /// <summary>Delivers the message that was claimed.</summary>
    /// <param name="length">How many of the bytes claimed it has.</param>
    public abstract void Commit(int length);

    /// <summary>Wakes a reader that sleeps, so that it finds what was committed. Never waits.</summary>
    public abstract void Flush();

    /// <summary>Waits, after a flush, until there is room for a message of so many bytes. False when the peer is gone
    /// or the output was completed. Cancellation leaves everything as it was. Continuations run on the thread that
    /// heard of room; one that blocks delays this connection only.</summary>
    public abstract ValueTask<bool> WaitForRoomAsync(int length, CancellationToken cancellationToken = default);
}
