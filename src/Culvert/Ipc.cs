using Culvert.Connections;
using Culvert.Transports.StandardStreams;

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

    /// <summary>
    /// Starts a program as a child and connects to it over its standard input and output; the child, if it uses
    /// Culvert, connects to <c>stdio:</c>. Throws <see cref="ConnectionException"/>: NobodyListens (there is no such
    /// program), NotAllowed (it may not be run), InvalidEndpoint (it is no program, or its folder is not there),
    /// TimedOut;
    /// <see cref="OperationCanceledException"/> when cancelled, and then no child is left.
    /// </summary>
    public static ValueTask<ChildConnection> StartChildAsync(
        ChildOptions options, CancellationToken cancellationToken = default) =>
        ChildStarter.StartAsync(options, cancellationToken);
}
