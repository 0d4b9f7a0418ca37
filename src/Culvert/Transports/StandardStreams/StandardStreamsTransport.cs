using Culvert.Connections;

namespace Culvert.Transports.StandardStreams;

/// <summary><c>stdio:</c>: the standard input and output of this process, which whoever started it holds the other ends
/// of. The side that starts a process is <see cref="Ipc.StartChildAsync"/>.</summary>
internal sealed class StandardStreamsTransport : Transport
{
    public override string Scheme => "stdio";

    /// <summary>Listens for the one client that is there already.</summary>
    public override ValueTask<Listener> BindAsync(
        Endpoint endpoint, ListenerOptions options, CancellationToken cancellationToken = default) =>
        new(new StandardStreamsListener(Open(endpoint, cancellationToken)));

    public override ValueTask<Connection> ConnectAsync(
        Endpoint endpoint, ConnectOptions options, CancellationToken cancellationToken = default) =>
        new(Open(endpoint, cancellationToken));

    private static Connection Open(Endpoint endpoint, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (endpoint.Address.Length == 0 && endpoint.Options.Count == 0) return OwnStreams.Take(endpoint);
        throw new ConnectionException(
            ConnectionError.InvalidEndpoint,
            $"'{endpoint}' says more than stdio:, which is this process's own streams; to start a program use "
            + $"{nameof(Ipc)}.{nameof(Ipc.StartChildAsync)}.");
    }
}
