using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Transports.Links;
using Culvert.Transports.Linux;
using Culvert.Transports.UnixSockets;

namespace Culvert.Transports.NamedPipes;

/// <summary>
/// <c>pipe://name</c>: a named pipe of the system on Windows. On Linux it is what .NET's own NamedPipeServerStream and
/// NamedPipeClientStream use there, a Unix socket in the folder for temporary files. Either side may be theirs.
/// </summary>
internal sealed class NamedPipeTransport : Transport
{
    // From System.IO.Pipes.PipeStream.Unix; part of its contract between processes.
    private const string FilePrefix = "CoreFxPipe_";

    public override string Scheme => "pipe";

    public override ValueTask<Listener> BindAsync(
        Endpoint endpoint, ListenerOptions options, CancellationToken cancellationToken = default) =>
        OperatingSystem.IsWindows()
            ? BindAsync(PipeName.Of(endpoint), endpoint, options)
            : UnixSocketTransport.BindAsync(PathOf(endpoint), endpoint, options, cancellationToken);

    public override ValueTask<Connection> ConnectAsync(
        Endpoint endpoint, ConnectOptions options, CancellationToken cancellationToken = default) =>
        OperatingSystem.IsWindows()
            ? ConnectAsync(PipeName.Of(endpoint), endpoint, options, cancellationToken)
            : UnixSocketTransport.ConnectAsync(PathOf(endpoint), endpoint, options, cancellationToken);

    [SupportedOSPlatform("windows")]
    public static ValueTask<Listener> BindAsync(PipeName name, Endpoint endpoint, ListenerOptions options)
    {
        if (name.Host is null) return new ValueTask<Listener>(PipeListener.Open(name, endpoint, options));
        throw new ConnectionException(
            ConnectionError.InvalidEndpoint, $"{endpoint} names another machine; listen at pipe://{name.Name}.");
    }

    [SupportedOSPlatform("windows")]
    public static ValueTask<Connection> ConnectAsync(
        PipeName name, Endpoint endpoint, ConnectOptions options, CancellationToken cancellationToken) =>
        DialAttempt.RunAsync(
            endpoint, options, cancellationToken, [SupportedOSPlatform("windows")] (attempt) =>
                PipeDialer.DialAsync(name, attempt));

    private static string PathOf(Endpoint endpoint)
    {
        LinuxOnly.Check(endpoint);
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
