using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Transports.NamedPipes;
using Culvert.Transports.UnixSockets;
using Culvert.Transports.Windows;

namespace Culvert.Transports.Local;

/// <summary>
/// <c>local://name</c>: the best local mechanism under a plain name. On Linux a Unix socket in the user's own runtime
/// folder, on Windows a named pipe that has the user's identifier in its name: the names of two users never meet.
/// </summary>
internal sealed class LocalTransport : Transport
{
    public override string Scheme => "local";

    public override ValueTask<Listener> BindAsync(
        Endpoint endpoint, ListenerOptions options, CancellationToken cancellationToken = default) =>
        OperatingSystem.IsWindows()
            ? NamedPipeTransport.BindAsync(PipeOf(endpoint), endpoint, options)
            : UnixSocketTransport.BindAsync(PathOf(endpoint, create: true), endpoint, options, cancellationToken);

    public override ValueTask<Connection> ConnectAsync(
        Endpoint endpoint, ConnectOptions options, CancellationToken cancellationToken = default) =>
        OperatingSystem.IsWindows()
            ? NamedPipeTransport.ConnectAsync(PipeOf(endpoint), endpoint, options, cancellationToken)
            : UnixSocketTransport.ConnectAsync(PathOf(endpoint, create: false), endpoint, options, cancellationToken);

    [SupportedOSPlatform("windows")]
    private static PipeName PipeOf(Endpoint endpoint) =>
        new(null, $"culvert.{WindowsAccess.CurrentUser()}.{LocalName.Of(endpoint)}")
        {
            Owner = endpoint.Options.GetValueOrDefault("owner"),
        };

    private static string PathOf(Endpoint endpoint, bool create) => LocalName.PathOf(endpoint, ".sock", create);
}
