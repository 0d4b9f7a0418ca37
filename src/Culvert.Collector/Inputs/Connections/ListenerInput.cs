using System.Collections.Concurrent;
using Culvert.Connections;
using Culvert.Framing;
using Culvert.Shipping;
using Microsoft.Extensions.Logging;

namespace Culvert.Collector.Inputs.Connections;

/// <summary>
/// Takes records at one endpoint of any transport. A connection whose first bytes are <see cref="LogProtocol.Preface"/>
/// speaks the native protocol; any other sends lines, each of which is JSON, syslog with its priority, or plain text.
/// </summary>
internal sealed class ListenerInput : IInput
{
    private readonly InputContext _context;
    private readonly ListenerInputOptions _options;
    private readonly ILogger _logger;
    private readonly ConnectionCounter _counter;
    private readonly InFlightBudget _budget = new();
    private readonly ConcurrentDictionary<Connection, Task> _sessions = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abandoning = new();
    private Listener? _listener;
    private Task _accepting = Task.CompletedTask;

    public ListenerInput(InputContext context, ListenerInputOptions options)
    {
        _context = context;
        _options = options;
        _logger = context.Loggers.CreateLogger<ListenerInput>();
        _counter = new ConnectionCounter(options.ConnectionsMax, options.ConnectionsPerUserMax);
    }

    public string Name => _context.Name;

    public IReadOnlyList<string> Endpoints => _listener is null ? [] : [_listener.Endpoint.ToString()];

    public async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        var endpoint = Endpoint.Parse(_options.Endpoint);
        LoopbackRule.Check(Name, endpoint, _options.Insecure);
        var options = new ListenerOptions { Access = _options.Access, BufferBytes = InputLimits.BufferBytes };
        _listener = await Ipc.ListenAsync(endpoint, options, cancellationToken).ConfigureAwait(false);
        InputLog.Listening(_logger, Name, _listener.Endpoint.ToString());
        _accepting = Task.Run(AcceptAsync, CancellationToken.None);
    }

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
                InputLog.AcceptFailed(_logger, Name, exception);
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
                if (_counter.TryAdd(connection.Peer.UserId, out var reason))
                    await ServeCountedAsync(connection).ConfigureAwait(false);
                else
                    await TurnAwayAsync(connection, reason).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The connection ended; what it had sent was handed over, and a native client sends the rest again.
        }
        catch (Exception exception)
        {
            InputLog.SessionFailed(_logger, Name, exception);
        }
        finally
        {
            _sessions.TryRemove(connection, out _);
        }
    }

    private async Task ServeCountedAsync(Connection connection)
    {
        try
        {
            var first = await connection.Input.ReadAsync(_stopping.Token).ConfigureAwait(false);
            var isNative = !first.Buffer.IsEmpty && first.Buffer.FirstSpan[0] == LogProtocol.Preface[0];
            var isOver = first.Buffer.IsEmpty && first.IsCompleted;
            // Nothing is consumed and nothing examined, so that the session reads the same bytes at once.
            connection.Input.AdvanceTo(first.Buffer.Start);
            if (isOver) return;
            if (isNative)
                await new NativeSession(_context, connection, _budget, _options.HandshakeTimeout)
                    .RunAsync(_stopping.Token, _abandoning.Token).ConfigureAwait(false);
            else
                await new LinesSession(_context, connection, _budget, _options.LineBytesMax)
                    .RunAsync(_stopping.Token, _abandoning.Token).ConfigureAwait(false);
        }
        finally
        {
            _counter.Remove(connection.Peer.UserId);
        }
    }

    private async Task TurnAwayAsync(Connection connection, string reason)
    {
        InputLog.TurnedAway(_logger, Name, reason);
        // A native client reads why; a program that sends lines reads nothing.
        FrameWriter.Write(connection.Output, (byte)LogFrameType.Error, System.Text.Encoding.UTF8.GetBytes(reason));
        await connection.Output.FlushAsync().AsTask().WaitAsync(InputLimits.FarewellTimeout).ConfigureAwait(false);
    }
}
