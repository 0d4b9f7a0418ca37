using System.Threading.Channels;
using Culvert.Connections;
using Culvert.Transports.Linux;
using Culvert.Transports.Links;
using Culvert.Transports.UnixSockets;

namespace Culvert.Transports.SharedMemory;

/// <summary>
/// Accepts on a Unix socket and shares a section with each client that is admitted. It accepts on its own, as many as
/// the backlog says: a client waits for its section, and not until somebody asks for the next connection.
/// </summary>
internal sealed class SharedMemoryListener : Listener
{
    private readonly Door _door;
    private readonly Channel<Connection> _accepted;
    private readonly Task _accepting;

    public SharedMemoryListener(
        SocketHandle socket, UnixSocketPath path, UnixAccess access, Endpoint endpoint, ListenerOptions options)
    {
        _door = new Door(socket, path, access, endpoint, options);
        _accepted = Channel.CreateBounded<Connection>(options.Backlog);
        _accepting = AcceptAllAsync();
    }

    public override Endpoint Endpoint => _door.Endpoint;

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
        await _door.UnbindAsync().ConfigureAwait(false);
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

    private async Task AcceptAllAsync()
    {
        while (await _door.AcceptAsync().ConfigureAwait(false) is { } connection)
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

    private sealed class Door(
        SocketHandle socket, UnixSocketPath path, UnixAccess access, Endpoint endpoint, ListenerOptions options)
        : SocketListener(socket, endpoint, options.Logger)
    {
        protected override Connection? Admit(SocketHandle accepted)
        {
            if (UnixSocketListener.Admits(accepted, access, Endpoint, Logger) is not { } credentials) return null;
            var section = LinuxSection.Create(SharedSection.CapacityFor(options.BufferBytes), out var descriptor);
            using (descriptor)
            {
                if (!SectionMessage.TrySend(accepted, descriptor))
                {
                    section.Retire();
                    return null; // The client is gone.
                }
            }

            var control = new UnixLink(accepted, credentials.ProcessId, hasData: false);
            var link = new SharedMemoryLink(control, section, isListener: true, Endpoint);
            return new LinkConnection(link, Endpoint, PeerLookup.PeerOf(credentials)).Start();
        }

        protected override void BeforeClose() => path.Release();
    }
}
