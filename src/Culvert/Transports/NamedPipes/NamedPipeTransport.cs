using Culvert.Connections;
using Culvert.Transports.UnixSockets;

namespace Culvert.Transports.NamedPipes;

/// <summary>
/// <c>pipe://name</c>. On Linux it is what .NET's own NamedPipeServerStream and NamedPipeClientStream use there, a
/// Unix socket in the folder for temporary files, so either side may be theirs.
/// </summary>
internal sealed class NamedPipeTransport : Transport
{
    // From System.IO.Pipes.PipeStream.Unix; part of its contract between processes.
    private const string FilePrefix = "CoreFxPipe_";

    public override string Scheme => "pipe";

    public override ValueTask<Listener> BindAsync(
        Endpoint endpoint, ListenerOptions options, CancellationToken cancellationToken = default) =>
        UnixSocketTransport.BindAsync(PathOf(endpoint), endpoint, options, cancellationToken);

    public override ValueTask<Connection> ConnectAsync(
        Endpoint endpoint, ConnectOptions options, CancellationToken cancellationToken = default) =>
        UnixSocketTransport.ConnectAsync(PathOf(endpoint), endpoint, options, cancellationToken);

    private static string PathOf(Endpoint endpoint)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new ConnectionException(
                ConnectionError.InvalidEndpoint,
                "'pipe://' is built for Linux alone so far; on this system use mem://.");
        }

        if (endpoint.Options.TryGetValue("mode", out var mode) && mode != "byte")
        {
            throw new ConnectionException(
                ConnectionError.InvalidEndpoint,
                $"'{endpoint}' asks for {mode} mode, which named pipes have on Windows alone; leave it out.");
        }

        // As .NET does: an absolute path is taken as it is.
        var name = endpoint.Address;
        if (name.StartsWith('/')) return name;
        if (name.Length == 0 || name.AsSpan().ContainsAny('/', '\0'))
        {
            throw new ConnectionException(
                ConnectionError.InvalidEndpoint,
                $"'{endpoint}' is no name of a pipe on this system; write pipe://name, or pipe:///absolute/path.");
        }

        return Path.Combine(Path.GetTempPath(), FilePrefix + name);
    }
}
