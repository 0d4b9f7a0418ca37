using System.Threading.Channels;
using Culvert.Connections;
using Culvert.Transports.Links;
using Culvert.Transports.Windows;

namespace Culvert.Transports.InMemory;

/// <summary>Accepts connections of this process at a name.</summary>
internal sealed class InMemoryListener : Listener
{
    private static readonly Peer Self = DescribeSelf();

    private readonly Channel<LinkConnection> _backlog;
    private readonly Action<InMemoryListener> _release;
    private readonly ListenerOptions _options;

    public InMemoryListener(Endpoint endpoint, ListenerOptions options, Action<InMemoryListener> release)
    {
        Endpoint = endpoint;
        _options = options;
        _release = release;
        _backlog = Channel.CreateBounded<LinkConnection>(options.Backlog);
    }

    public override Endpoint Endpoint { get; }

    public override async ValueTask<Connection?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _backlog.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_backlog.Reader.TryRead(out var connection)) return connection;
        }

        return null;
    }

    /// <summary>Makes a connection and puts the other end into the backlog; waits while that is full.</summary>
    public async ValueTask<Connection> ConnectAsync(Endpoint endpoint, CancellationToken cancellationToken)
    {
        var (dialler, acceptor) = MemoryLink.CreatePair(_options.BufferBytes);
        var peer = OperatingSystem.IsLinux() ? Self with { UserId = Linux.Libc.GetEffectiveUserId() } : Self;
        var connection = new LinkConnection(dialler, endpoint, peer).Start();
        var accepted = new LinkConnection(acceptor, Endpoint, peer).Start();
        await _backlog.Writer.WriteAsync(accepted, cancellationToken).ConfigureAwait(false);
        return connection;
    }

    public override ValueTask UnbindAsync()
    {
        if (!_backlog.Writer.TryComplete()) return ValueTask.CompletedTask;
        _release(this);
        while (_backlog.Reader.TryRead(out var connection))
        {
            connection.Abort("The listener stopped before it accepted.");
        }

        return ValueTask.CompletedTask;
    }

    public override ValueTask DisposeAsync() => UnbindAsync();

    private static Peer DescribeSelf()
    {
        var peer = new Peer
        {
            ProcessId = Environment.ProcessId,
            UserName = Environment.UserName,
            ExecutablePath = Environment.ProcessPath,
            IsLocal = true,
        };
        if (!OperatingSystem.IsWindows()) return peer;
        using var process = PeerProcess.TryOpen(Environment.ProcessId);
        return process?.Identity?.Describe(peer) ?? peer;
    }
}
