using System.Threading.Channels;
using Culvert.Connections;

namespace Culvert.Transports.StandardStreams;

/// <summary>Hands out the one connection that standard streams are, and then waits for its end: null comes when it has
/// ended, since there never is another.</summary>
internal sealed class StandardStreamsListener : Listener
{
    private readonly Connection _connection;
    private readonly Channel<Connection> _accepted = Channel.CreateBounded<Connection>(1);

    public StandardStreamsListener(Connection connection)
    {
        _connection = connection;
        _accepted.Writer.TryWrite(connection);
        connection.Closed.ContinueWith(
            static (_, accepted) => ((Channel<Connection>)accepted!).Writer.TryComplete(), _accepted,
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    public override Endpoint Endpoint => _connection.Endpoint;

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
        _accepted.Writer.TryComplete();
        if (_accepted.Reader.TryRead(out var unaccepted)) await unaccepted.DisposeAsync().ConfigureAwait(false);
    }

    public override ValueTask DisposeAsync() => UnbindAsync();
}
