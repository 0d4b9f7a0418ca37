using System.Net.Sockets;
using Culvert.Connections;
using Culvert.Transports.Linux;
using Microsoft.Extensions.Logging;

namespace Culvert.Transports.Sockets;

/// <summary>Accepts TCP connections where there is no epoll.</summary>
internal sealed class AsyncSocketListener(Socket socket, Endpoint endpoint, ILogger logger) : Listener
{
    private readonly CancellationTokenSource _unbound = new();

    public override Endpoint Endpoint => endpoint;

    public override async ValueTask<Connection?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_unbound.IsCancellationRequested) return null;
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _unbound.Token);
            try
            {
                var accepted = await socket.AcceptAsync(either.Token).ConfigureAwait(false);
                if (TryAdmit(accepted) is { } connection) return connection;
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException or OperationCanceledException)
            {
                if (_unbound.IsCancellationRequested) return null;
                cancellationToken.ThrowIfCancellationRequested();

                // Else it was about that one client, which is gone.
            }
        }
    }

    public override async ValueTask UnbindAsync()
    {
        await _unbound.CancelAsync().ConfigureAwait(false);
        socket.Dispose();
    }

    public override ValueTask DisposeAsync() => UnbindAsync();

    private Connection? TryAdmit(Socket accepted)
    {
        try
        {
            return AsyncSockets.Open(accepted, endpoint);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            SocketLog.AdmitFailed(logger, endpoint, e);
            accepted.Dispose();
            return null;
        }
    }
}
