using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Transports.Links;
using Culvert.Transports.NamedPipes;
using Culvert.Transports.SharedMemory;
using Culvert.Transports.UnixSockets;
using Culvert.Transports.Windows;

namespace Culvert.Transports.Local;

/// <summary>
/// <c>local://name</c>: the best local mechanism under a plain name. On Linux a Unix socket in the user's own runtime
/// folder, on Windows a named pipe that has the user's identifier in its name: the names of two users never meet.
/// With <c>upgrade=shm</c> on both sides it is shared memory on Linux: a listener that agrees has a second socket
/// beside the first, and a client that agrees asks there first, so that no byte is spent on agreeing.
/// </summary>
internal sealed class LocalTransport : Transport
{
    // No name has a plus: no other listener's socket is called so.
    private const string UpgradeExtension = "+shm.sock";

    public override string Scheme => "local";

    public override ValueTask<Listener> BindAsync(
        Endpoint endpoint, ListenerOptions options, CancellationToken cancellationToken = default)
    {
        var upgrades = Upgrades(endpoint);
        if (OperatingSystem.IsWindows()) return NamedPipeTransport.BindAsync(PipeOf(endpoint), endpoint, options);
        return upgrades
            ? BindBothAsync(endpoint, options, cancellationToken)
            : UnixSocketTransport.BindAsync(PathOf(endpoint, create: true), endpoint, options, cancellationToken);
    }

    public override ValueTask<Connection> ConnectAsync(
        Endpoint endpoint, ConnectOptions options, CancellationToken cancellationToken = default)
    {
        var upgrades = Upgrades(endpoint);
        if (OperatingSystem.IsWindows())
            return NamedPipeTransport.ConnectAsync(PipeOf(endpoint), endpoint, options, cancellationToken);
        var path = PathOf(endpoint, create: false);
        return upgrades
            ? ConnectBestAsync(path, endpoint, options, cancellationToken)
            : UnixSocketTransport.ConnectAsync(path, endpoint, options, cancellationToken);
    }

    /// <summary>Whether this side would rather have shared memory, where the other side would, too.</summary>
    private static bool Upgrades(Endpoint endpoint)
    {
        if (!endpoint.Options.TryGetValue("upgrade", out var mechanism)) return false;
        if (mechanism == "shm") return OperatingSystem.IsLinux();
        throw new ConnectionException(
            ConnectionError.InvalidEndpoint,
            $"A local connection cannot become '{mechanism}'; write upgrade=shm in {endpoint}, or nothing.");
    }

    /// <summary>The socket stands first: who has the name has it for both.</summary>
    private static async ValueTask<Listener> BindBothAsync(
        Endpoint endpoint, ListenerOptions options, CancellationToken cancellationToken)
    {
        var plain = await UnixSocketTransport
            .BindAsync(PathOf(endpoint, create: true), endpoint, options, cancellationToken).ConfigureAwait(false);
        try
        {
            var path = LocalName.PathOf(endpoint, UpgradeExtension, create: true);
            var shared = await SharedMemoryTransport
                .BindAsync(path, endpoint, options, cancellationToken).ConfigureAwait(false);
            return new QueuedListener(plain.Endpoint, options.Backlog, plain, shared);
        }
        catch
        {
            await plain.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Where nobody shares memory, or not in this client's way, the socket says what there is.</summary>
    private static ValueTask<Connection> ConnectBestAsync(
        string path, Endpoint endpoint, ConnectOptions options, CancellationToken cancellationToken)
    {
        var shared = LocalName.PathOf(endpoint, UpgradeExtension, create: false);
        return DialAttempt.RunAsync(endpoint, options, cancellationToken, async attempt =>
        {
            try
            {
                return await SharedMemoryTransport.ConnectAsync(shared, attempt).ConfigureAwait(false);
            }
            catch (ConnectionException e) when (e.Error is not (ConnectionError.WrongOwner or ConnectionError.Busy))
            {
                return await UnixSocketTransport.ConnectAsync(path, attempt).ConfigureAwait(false);
            }
        });
    }

    [SupportedOSPlatform("windows")]
    private static PipeName PipeOf(Endpoint endpoint) =>
        new(null, $"culvert.{WindowsAccess.CurrentUser()}.{LocalName.Of(endpoint)}")
        {
            Owner = endpoint.Options.GetValueOrDefault("owner"),
        };

    private static string PathOf(Endpoint endpoint, bool create) => LocalName.PathOf(endpoint, ".sock", create);
}
