using System.Threading.Channels;
using Culvert.Connections;

namespace Culvert.Transports.Links;

/// <summary>
/// Accepts by one or several listeners before anybody asks, as many as the backlog says: for clients that wait for an
/// answer to their connecting, and for an endpoint that has more than one mechanism.
/// </summary>
internal sealed class QueuedListener : Listener
{
    private readonly Listener[] _doors;
    private readonly Channel<Connection> _accepted;
    private readonly Task _accepting;

    /// <param name="endpoint">Where all of them listen.</param>
    /// <param name="backlog">Connections that wait to be asked for.</param>
    /// <param name="doors">Owned.</param>
    public QueuedListener(Endpoint endpoint, int backlog, params Listener[] doors)
    {
        Endpoint = endpoint;
        _doors = doors;
        _accepted = Channel.CreateBounded<Connection>(backlog);
        _accepting = Task.WhenAll(doors.Select(AcceptAllAsync));
    }

    public override Endpoint Endpoint { get; }

    public override async ValueTask<Connection?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _accepted.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_accepted.Reader.TryRead(out var connection)) return connection;
        }

        return null;
    }

    public override async ValueTask UnbindAsync()
    {
        foreach (var door in _doors) await door.UnbindAsync().ConfigureAwait(false);
        _accepted.Writer.TryComplete();
        await _accepting.ConfigureAwait(false);
        while (_accepted.Reader.TryRead(out var connection)) await RefuseAsync(connection).ConfigureAwait(false);
    }

    public override ValueTask DisposeAsync() => UnbindAsync();

    private static ValueTask RefuseAsync(Connection connection)
    {
        connection.Abort("The listener stopped before it accepted.");
        return connection.DisposeAsync();
    }

    private async Task AcceptAllAsync(Listener door)
    {
        while (await door.AcceptAsync().ConfigureAwait(false) is { } connection)
        {
            try
            {
                await _accepted.Writer.WriteAsync(connection).ConfigureAwait(false);
            }
            catch (ChannelClosedException)
            {
                await RefuseAsync(connection).ConfigureAwait(false);
            }
        }
    }
}
