using System.Threading.Channels;
using Culvert.Connections;
using Culvert.Diagnostics;
using Culvert.Security;
using Microsoft.Extensions.Logging;

namespace Culvert.Transports.Tls;

/// <summary>
/// Accepts at the listener below and makes the handshakes, many at a time, so that a client that says nothing delays
/// nobody: it ends at its deadline, or when it is the oldest of too many.
/// </summary>
internal sealed class TlsListener : Listener
{
    private readonly Listener _inner;
    private readonly TlsOptions _options;
    private readonly TlsReload _credentials;
    private readonly ILogger _logger;
    private readonly Channel<Connection> _ready;
    private readonly CancellationTokenSource _unbound = new();
    private readonly Task _accepting;

    // Guards the list: handshakes end on any thread.
    private readonly Lock _gate = new();
    private readonly LinkedList<CancellationTokenSource> _underWay = new();
    private readonly LogLimit _admitted = AuditLimit();
    private readonly LogLimit _refused = AuditLimit();

    public TlsListener(
        Listener inner, Endpoint endpoint, TlsOptions options, TlsReload credentials, ListenerOptions listener)
    {
        (_inner, Endpoint, _options, _credentials) = (inner, endpoint, options, credentials);
        _logger = listener.Logger;
        _ready = Channel.CreateBounded<Connection>(listener.Backlog);
        _accepting = Task.Run(AcceptAllAsync);
    }

    public override Endpoint Endpoint { get; }

    public override async ValueTask<Connection?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _ready.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_ready.Reader.TryRead(out var connection)) return connection;
        }

        return null;
    }

    public override async ValueTask UnbindAsync()
    {
        if (_unbound.IsCancellationRequested) return;
        await _unbound.CancelAsync().ConfigureAwait(false);
        await _inner.UnbindAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        _ready.Writer.TryComplete();
        while (_ready.Reader.TryRead(out var connection))
        {
            connection.Abort("The listener stopped before it accepted.");
        }

        var (admitted, refused) = (_admitted.TakeLeftOut(), _refused.TakeLeftOut());
        if (admitted + refused > 0) TlsLog.Untold(_logger, Endpoint, admitted, refused);
    }

    public override ValueTask DisposeAsync() => UnbindAsync();

    private async Task AcceptAllAsync()
    {
        while (!_unbound.IsCancellationRequested)
        {
            try
            {
                // Who was let in waits to be accepted: nobody else is let in while there is no room.
                await _ready.Writer.WaitToWriteAsync(_unbound.Token).ConfigureAwait(false);
                if (await _inner.AcceptAsync(_unbound.Token).ConfigureAwait(false) is not { } connection) return;
                _ = Task.Run(() => ServeAsync(connection), CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (IOException e)
            {
                TlsLog.AcceptFailed(_logger, Endpoint, e);
            }
        }
    }

    private async Task ServeAsync(Connection inner)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_unbound.Token);
        deadline.CancelAfter(_options.HandshakeTimeout);
        var place = Enter(deadline);
        var remote = inner.Peer.RemoteAddress;
        var check = TlsHandshake.CheckOfClient(_options);
        try
        {
            var connection = await TlsHandshake
                .ServeAsync(inner, Endpoint, _options, _credentials.Current, check, deadline.Token)
                .ConfigureAwait(false);
            if (_admitted.TryEnter(out var before))
                TlsLog.Admitted(_logger, Endpoint, remote, SubjectOf(check), before);
            await HandOverAsync(connection, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            if (!_unbound.IsCancellationRequested)
                OnRefused(remote, check, "it did not finish its handshake in time.");
        }
        catch (ConnectionException e)
        {
            OnRefused(remote, check, e.Message);
        }
        catch (Exception e)
        {
            // Whatever one client brings about is about that client.
            TlsLog.AcceptFailed(_logger, Endpoint, e);
            inner.Abort("The handshake failed.");
        }
        finally
        {
            lock (_gate) _underWay.Remove(place);
        }
    }

    private static LogLimit AuditLimit() =>
        new(TlsLimits.AuditLinesMax, TlsLimits.AuditInterval, TimeProvider.System);

    /// <summary>What the client showed, whether it proved it or not.</summary>
    private static string SubjectOf(TlsPeerCheck check) =>
        check.Certificate is { } certificate ? OneLine(certificate.Subject) : "without a certificate";

    /// <summary>A stranger's words for a line: none may begin a line of its own, or fill the log by itself.</summary>
    private static string OneLine(string text)
    {
        var line = string.Create(
            Math.Min(text.Length, TlsLimits.AuditTextMax), text,
            (kept, all) =>
            {
                for (var i = 0; i < kept.Length; i++) kept[i] = char.IsControl(all[i]) ? '?' : all[i];
            });
        return line.Length < text.Length ? line + "..." : line;
    }

    private void OnRefused(object? remote, TlsPeerCheck check, string problem)
    {
        if (_refused.TryEnter(out var before))
            TlsLog.Refused(_logger, Endpoint, remote, SubjectOf(check), OneLine(problem), before);
    }

    private async ValueTask HandOverAsync(Connection connection, CancellationToken cancellationToken)
    {
        try
        {
            await _ready.Writer.WriteAsync(connection, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            connection.Abort("The listener did not accept in time.");
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private LinkedListNode<CancellationTokenSource> Enter(CancellationTokenSource handshake)
    {
        CancellationTokenSource? oldest = null;
        LinkedListNode<CancellationTokenSource> place;
        lock (_gate)
        {
            if (_underWay.Count >= TlsLimits.HandshakesMax)
            {
                oldest = _underWay.First!.Value;
                _underWay.RemoveFirst();
            }

            place = _underWay.AddLast(handshake);
        }

        try
        {
            oldest?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself at this moment.
        }

        return place;
    }
}
