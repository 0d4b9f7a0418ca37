namespace Culvert.Connections;

/// <summary>Accepts connections at one endpoint.</summary>
/// <remarks>A client that connects and says nothing, says garbage or dies never stops others from being
/// accepted.</remarks>
public abstract class Listener : IAsyncDisposable
{
    /// <summary>Where it listens, with what the system chose filled in: <c>tcp://127.0.0.1:0</c> becomes the real
    /// port.</summary>
    public abstract Endpoint Endpoint { get; }

    /// <summary>The next connection, or null after <see cref="UnbindAsync"/>. Several calls may wait at the same time.
    /// Cancellation loses no connection: the next call returns it.</summary>
    public abstract ValueTask<Connection?> AcceptAsync(CancellationToken cancellationToken = default);

    /// <summary>Stops accepting and gives the name back; connections already accepted go on. Idempotent.</summary>
    public abstract ValueTask UnbindAsync();

    /// <summary>Unbinds. Idempotent, never hangs.</summary>
    public abstract ValueTask DisposeAsync();
}
