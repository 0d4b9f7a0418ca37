using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Transports.Links;
using Culvert.Transports.NamedPipes;
using Culvert.Transports.SharedMemory;
using Culvert.Transports.UnixSockets;

namespace Culvert.Transports.Local;

/// <summary>
/// <c>local://name</c>: the best local mechanism under a plain name. On Linux a Unix socket in the user's own runtime
/// folder, on Windows a named pipe that has the user's identifier in its name: the names of two users never meet.
/// With <c>upgrade=shm</c> on both sides it is shared memory: a listener that agrees has a second socket or pipe
/// beside the first, and a client that agrees asks there first, so that no byte is spent on agreeing.
/// </summary>
internal sealed class LocalTransport : Transport
{
    // No name has a plus: no other listener's socket is called so.
    private const string UpgradeExtension = "+shm.sock";
    private const string UpgradePipeExtension = "+upgrade";

    public override string Scheme => "local";

    public override ValueTask<Listener> BindAsync(
        Endpoint endpoint, ListenerOptions options, CancellationToken cancellationToken = default)
    {
        var upgrades = Upgrades(endpoint);
        if (OperatingSystem.IsWindows())
        {
            return upgrades
                ? BindBothPipesAsync(endpoint, options)
                : NamedPipeTransport.BindAsync(PipeOf(endpoint), endpoint, options);
        }

        return upgrades
            ? BindBothAsync(endpoint, options, cancellationToken)
            : UnixSocketTransport.BindAsync(PathOf(endpoint, create: true), endpoint, options, cancellationToken);
    }

    public override ValueTask<Connection> ConnectAsync(
        Endpoint endpoint, ConnectOptions options, CancellationToken cancellationToken = default)
    {
        var upgrades = Upgrades(endpoint);
        if (OperatingSystem.IsWindows())
        {
            return upgrades
                ? ConnectBestPipeAsync(endpoint, options, cancellationToken)
                : NamedPipeTransport.ConnectAsync(PipeOf(endpoint), endpoint, options, cancellationToken);
        }

        var path = PathOf(endpoint, create: false);
        return upgrades
            ? ConnectBestAsync(path, endpoint, options, cancellationToken)
            : UnixSocketTransport.ConnectAsync(path, endpoint, options, cancellationToken);
    }

    /// <summary>Whether this side would rather have shared memory, where the other side would, too.</summary>
    private static bool Upgrades(Endpoint endpoint)
    {
        if (!endpoint.Options.TryGetValue("upgrade", out var mechanism)) return false;
        if (mechanism == "shm") return true;
        throw new ConnectionException(
            ConnectionError.InvalidEndpoint,
            $"A local connection cannot become '{mechanism}'; write upgrade=shm in {endpoint}, or nothing.");
    }

    private static async ValueTask<Listener> BindBothAsync(
        Endpoint endpoint, ListenerOptions options, CancellationToken cancellationToken)
    {
        var plain = await UnixSocketTransport
            .BindAsync(PathOf(endpoint, create: true), endpoint, options, cancellationToken).ConfigureAwait(false);
        return await BesideAsync(plain, options, () => SharedMemorySocket.BindAsync(
            LocalName.PathOf(endpoint, UpgradeExtension, create: true), endpoint, options, cancellationToken))
            .ConfigureAwait(false);
    }

    [SupportedOSPlatform("windows")]
    private static async ValueTask<Listener> BindBothPipesAsync(Endpoint endpoint, ListenerOptions options)
    {
        var plain = await NamedPipeTransport.BindAsync(PipeOf(endpoint), endpoint, options).ConfigureAwait(false);
        var shared = LocalName.PipeOf(endpoint, UpgradePipeExtension);
        return await BesideAsync(plain, options, [SupportedOSPlatform("windows")] () =>
            new ValueTask<Listener>(SharedMemoryPipe.Bind(shared, endpoint, options))).ConfigureAwait(false);
    }

    /// <summary>The plain door stands first: who has the name has it for both.</summary>
    private static async ValueTask<Listener> BesideAsync(
        Listener plain, ListenerOptions options, Func<ValueTask<Listener>> bind)
    {
        try
        {
            var shared = await bind().ConfigureAwait(false);
            return new QueuedListener(plain.Endpoint, options.Backlog, plain, shared);
        }
        catch
        {
            await plain.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static ValueTask<Connection> ConnectBestAsync(
        string path, Endpoint endpoint, ConnectOptions options, CancellationToken cancellationToken)
    {
        var shared = LocalName.PathOf(endpoint, UpgradeExtension, create: false);
        return DialAttempt.RunAsync(endpoint, options, cancellationToken, attempt => BestAsync(
            () => SharedMemorySocket.ConnectAsync(shared, attempt),
            () => UnixSocketTransport.ConnectAsync(path, attempt)));
    }

    [SupportedOSPlatform("windows")]
    private static ValueTask<Connection> ConnectBestPipeAsync(
        Endpoint endpoint, ConnectOptions options, CancellationToken cancellationToken)
    {
        var (plain, shared) = (PipeOf(endpoint), LocalName.PipeOf(endpoint, UpgradePipeExtension));
        return DialAttempt.RunAsync(
            endpoint, options, cancellationToken, [SupportedOSPlatform("windows")] (attempt) => BestAsync(
                [SupportedOSPlatform("windows")] () => SharedMemoryPipe.ConnectAsync(shared, attempt),
                [SupportedOSPlatform("windows")] () => PipeDialer.DialAsync(plain, attempt)));
    }

    /// <summary>Where nobody shares memory, or not in this client's way, the plain door says what there is.</summary>
    private static async ValueTask<Connection> BestAsync(
        Func<ValueTask<Connection>> connectShared, Func<ValueTask<Connection>> connectPlain)
    {
        try
        {
            return await connectShared().ConfigureAwait(false);
        }
        catch (ConnectionException e) when (e.Error is not (ConnectionError.WrongOwner or ConnectionError.Busy))
        {
            return await connectPlain().ConfigureAwait(false);
        }
    }

    [SupportedOSPlatform("windows")]
    private static PipeName PipeOf(Endpoint endpoint) => LocalName.PipeOf(endpoint, extension: "");

    private static string PathOf(Endpoint endpoint, bool create) => LocalName.PathOf(endpoint, ".sock", create);
}
