namespace Culvert.Connections;

/// <summary>One mechanism that carries bytes between processes. Stateless; any thread; calls may overlap.</summary>
public abstract class Transport
{
    /// <summary>The scheme of the endpoints it takes, such as <c>unix</c>.</summary>
    public abstract string Scheme { get; }

    /// <summary>
    /// Starts to listen. Throws <see cref="ConnectionException"/>: AddressInUse, NotAllowed, InvalidEndpoint. A stale
    /// name left by a dead process is taken over; a live one, or a file that is no socket, never is.
    /// </summary>
    public abstract ValueTask<Listener> BindAsync(
        Endpoint endpoint, ListenerOptions options, CancellationToken cancellationToken = default);

    /// <summary>
    /// Connects. Throws <see cref="ConnectionException"/>: NobodyListens, Busy, NotAllowed, WrongOwner, TimedOut,
    /// InvalidEndpoint; <see cref="OperationCanceledException"/> when cancelled. Honours the deadline at every point
    /// and does not spin.
    /// </summary>
    public abstract ValueTask<Connection> ConnectAsync(
        Endpoint endpoint, ConnectOptions options, CancellationToken cancellationToken = default);
}
