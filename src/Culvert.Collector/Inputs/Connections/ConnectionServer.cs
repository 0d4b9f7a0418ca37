using System.Collections.Concurrent;
using Culvert.Connections;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Inputs.Connections;

/// <summary>
/// Accepts connections at one endpoint and serves each on its own, within the limits of an input. What one client does,
/// or does not do, never touches another.
/// </summary>
internal sealed class ConnectionServer : IAsyncDisposable
{
    private readonly InputContext _context;
    private readonly ILogger _logger;
    private readonly ConnectionCounter _counter;
    private readonly IConnectionService _service;
    private readonly ConcurrentDictionary<Connection, Task> _sessions = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abandoning = new();
    private Listener? _listener;
    private Task _accepting = Task.CompletedTask;

    public ConnectionServer(InputContext context, ConnectionCounter counter, IConnectionService service)
    {
        _context = context;
        _counter = counter;
        _service = service;
        _logger = context.Loggers.CreateLogger<ConnectionServer>();
    }

    public Endpoint? Endpoint => _listener?.Endpoint;

    public async ValueTask StartAsync(Endpoint endpoint, AccessPolicy access, CancellationToken cancellationToken)
    {
        var options = new ListenerOptions
        {
            Access = access, BufferBytes = InputLimits.BufferBytes, Logger = _logger, Inherited = _context.Sockets,
        };
        _listener = await Ipc.ListenAsync(endpoint, options, cancellationToken).ConfigureAwait(false);
        _accepting = Task.Run(AcceptAsync, CancellationToken.None);
    }

    /// <summary>Takes no more, and waits until what was taken is durable; when the token is cancelled the rest is left
    /// behind.</summary>
    public async ValueTask StopAsync(CancellationToken cancellationToken)
    {
        if (_listener is null) return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _listener.UnbindAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        var sessions = Task.WhenAll(_sessions.Values);
        try
        {
            await sessions.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await _abandoning.CancelAsync().ConfigureAwait(false);
            foreach (var connection in _sessions.Keys) connection.Abort("The collector is stopping.");
            await sessions.ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(InputLimits.FarewellTimeout, _context.Time);
        await StopAsync(now.Token).ConfigureAwait(false);
        if (_listener is not null) await _listener.DisposeAsync().ConfigureAwait(false);
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (await _listener!.AcceptAsync(_stopping.Token).ConfigureAwait(false) is not { } connection) return;
                _sessions[connection] = Task.CompletedTask;
                var session = Task.Run(() => ServeAsync(connection));
                // The session may have removed itself already, and must then not be put back.
                _sessions.TryUpdate(connection, session, Task.CompletedTask);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException)
            {
                InputLog.AcceptFailed(_logger, _context.Name, exception);
                await Task.Delay(InputLimits.AcceptRetry, _context.Time, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private async Task ServeAsync(Connection connection)
    {
        try
        {
            await using (connection.ConfigureAwait(false))
            {
                await ServeCountedAsync(connection).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or TimeoutException)
        {
            // The connection ended; what it had sent was handed over, and a native client sends the rest again.
        }
        catch (Exception exception)
        {
            InputLog.SessionFailed(_logger, _context.Name, exception);
        }
        finally
        {
            _sessions.TryRemove(connection, out _);
        }
    }

    private async Task ServeCountedAsync(Connection connection)
    {
        var user = connection.Peer.UserId;
        if (!_counter.TryAdd(user, out var reason))
        {
            InputLog.TurnedAway(_logger, _context.Name, reason);
            await _service.TurnAwayAsync(connection, reason).ConfigureAwait(false);
            return;
        }

        try
        {
            await _service.ServeAsync(connection, _stopping.Token, _abandoning.Token).ConfigureAwait(false);
        }
        finally
        {
            _counter.Remove(user);
        }
    }
}
