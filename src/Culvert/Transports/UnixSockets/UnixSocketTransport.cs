using Culvert.Connections;
using Culvert.Transports.Linux;
using Culvert.Transports.Links;

namespace Culvert.Transports.UnixSockets;

/// <summary><c>unix:///path</c>: AF_UNIX streams, and the ground on which <c>pipe://</c> and <c>local://</c> stand on
/// Linux.</summary>
internal sealed class UnixSocketTransport : Transport
{
    public override string Scheme => "unix";

    public override ValueTask<Listener> BindAsync(
        Endpoint endpoint, ListenerOptions options, CancellationToken cancellationToken = default) =>
        BindAsync(endpoint.Address, endpoint, options, cancellationToken);

    public override ValueTask<Connection> ConnectAsync(
        Endpoint endpoint, ConnectOptions options, CancellationToken cancellationToken = default) =>
        ConnectAsync(endpoint.Address, endpoint, options, cancellationToken);

    public static async ValueTask<Listener> BindAsync(
        string path, Endpoint endpoint, ListenerOptions options, CancellationToken cancellationToken)
    {
        UnixSocketPath.Check(path, endpoint);
        LinuxOnly.Check(endpoint);
        if (options.Inherited?.Take(InheritedSocketKind.UnixStream, path) is SocketHandle inherited)
        {
            // Its path belongs to whoever bound it, and stays when this listener ends.
            var bound = SocketName.TextOf(inherited).Text;
            var actual = bound == path ? endpoint : Endpoint.Parse($"unix://{bound}");
            return new UnixSocketListener(inherited, path: null, new UnixAccess(options.Access), actual, options);
        }

        var (socket, claimed, access) = await ListenAsync(path, endpoint, options, cancellationToken)
            .ConfigureAwait(false);
        return new UnixSocketListener(socket, claimed, access, endpoint, options);
    }

    /// <summary>A socket that listens at a path, for whoever makes a listener of it.</summary>
    public static async ValueTask<(SocketHandle Socket, UnixSocketPath Path, UnixAccess Access)> ListenAsync(
        string path, Endpoint endpoint, ListenerOptions options, CancellationToken cancellationToken)
    {
        UnixSocketPath.Check(path, endpoint);
        LinuxOnly.Check(endpoint);
        var access = new UnixAccess(options.Access);
        var socket = SocketHandle.Create(Libc.FamilyUnix, Libc.SocketStream);
        try
        {
            var claimed = await UnixSocketPath
                .ClaimAsync(socket, Libc.SocketStream, path, endpoint, options, cancellationToken)
                .ConfigureAwait(false);
            return (socket, claimed, access);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static ValueTask<Connection> ConnectAsync(
        string path, Endpoint endpoint, ConnectOptions options, CancellationToken cancellationToken)
    {
        UnixSocketPath.Check(path, endpoint);
        LinuxOnly.Check(endpoint);
        return DialAttempt.RunAsync(endpoint, options, cancellationToken, attempt => ConnectAsync(path, attempt));
    }

    public static async ValueTask<Connection> ConnectAsync(string path, DialAttempt attempt)
    {
        var (socket, peer) = await DialAsync(path, attempt).ConfigureAwait(false);
        return new LinkConnection(new UnixLink(socket, peer.ProcessId), attempt.Endpoint, peer).Start();
    }

    /// <summary>A socket that is connected to a listener whom the endpoint trusts, for whoever makes a connection of
    /// it.</summary>
    public static async ValueTask<(SocketHandle Socket, Peer Peer)> DialAsync(string path, DialAttempt attempt)
    {
        var trusted = TrustedBy(attempt.Endpoint);
        var socket = await SocketDialer
            .DialAsync(attempt, Libc.FamilyUnix, SocketName.OfPath(path)).ConfigureAwait(false);
        try
        {
            var peer = PeerLookup.CredentialsOf(socket) is { } known ? PeerLookup.PeerOf(known) : Peer.Unknown;
            if (trusted is null || peer.UserId == trusted) return (socket, peer);
            throw DialErrors.WrongOwner(attempt.Endpoint, peer.UserName);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whom the client trusts to listen, <c>owner=USER</c>; null is anybody whom the file system lets stand
    /// there.</summary>
    private static uint? TrustedBy(Endpoint endpoint)
    {
        if (!endpoint.Options.TryGetValue("owner", out var name) || name == "any") return null;
        return PeerLookup.UserId(name) ?? throw new ConnectionException(
            ConnectionError.InvalidEndpoint, $"This system knows no user '{name}'; correct {endpoint}.");
    }
}
