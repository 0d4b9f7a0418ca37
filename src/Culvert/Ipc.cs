using Culvert.Connections;

namespace Culvert;

/// <summary>The door of the library: listens and connects at an endpoint, whichever transport its scheme
/// names.</summary>
public static class Ipc
{
    /// <summary>Starts to listen; see <see cref="Transport.BindAsync"/>.</summary>
    public static ValueTask<Listener> ListenAsync(
        string endpoint, ListenerOptions? options = null, CancellationToken cancellationToken = default) =>
        ListenAsync(Endpoint.Parse(endpoint), options, cancellationToken);

    /// <summary>Starts to listen; see <see cref="Transport.BindAsync"/>.</summary>
    public static ValueTask<Listener> ListenAsync(
        Endpoint endpoint, ListenerOptions? options = null, CancellationToken cancellationToken = default) =>
        Transports.TransportRegistry.Find(endpoint).BindAsync(endpoint, options ?? new(), cancellationToken);

    /// <summary>Connects; see <see cref="Transport.ConnectAsync"/>.</summary>
    public static ValueTask<Connection> ConnectAsync(
        string endpoint, ConnectOptions? options = null, CancellationToken cancellationToken = default) =>
        ConnectAsync(Endpoint.Parse(endpoint), options, cancellationToken);

    /// <summary>Connects; see <see cref="Transport.ConnectAsync"/>.</summary>
    public static ValueTask<Connection> ConnectAsync(
        Endpoint endpoint, ConnectOptions? options = null, CancellationToken cancellationToken = default) =>
        Transports.TransportRegistry.Find(endpoint).ConnectAsync(endpoint, options ?? new(), cancellationToken);
}
