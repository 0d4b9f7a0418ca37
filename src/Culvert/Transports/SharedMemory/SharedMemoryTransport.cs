using Culvert.Connections;
using Culvert.Transports.Linux;
using Culvert.Transports.Links;
using Culvert.Transports.Local;

namespace Culvert.Transports.SharedMemory;

/// <summary><c>shm://name</c>: rings in memory that two processes share, set up over a local connection that says who
/// they are. The memory has no name: nobody can take it first, and nothing is left after a crash.</summary>
internal sealed class SharedMemoryTransport : Transport
{
    /// <summary>Of the sockets by which sections are shared.</summary>
    public const string Extension = ".shm";

    /// <summary>Of the pipes by which they are shared on Windows. No name has a plus.</summary>
    public const string PipeExtension = "+shm";

    public override string Scheme => "shm";

    public override async ValueTask<Listener> BindAsync(
        Endpoint endpoint, ListenerOptions options, CancellationToken cancellationToken = default)
    {
        if (OperatingSystem.IsWindows())
            return SharedMemoryPipe.Bind(LocalName.PipeOf(endpoint, PipeExtension), endpoint, options);
        LinuxOnly.Check(endpoint);
        var path = LocalName.PathOf(endpoint, Extension, create: true);
        var listener = await SharedMemorySocket
            .BindAsync(path, endpoint, options, cancellationToken).ConfigureAwait(false);
        return new QueuedListener(endpoint, options.Backlog, listener);
    }

    public override ValueTask<Connection> ConnectAsync(
        Endpoint endpoint, ConnectOptions options, CancellationToken cancellationToken = default)
    {
        if (OperatingSystem.IsWindows())
        {
            return SharedMemoryPipe.ConnectAsync(
                LocalName.PipeOf(endpoint, PipeExtension), endpoint, options, cancellationToken);
        }

        LinuxOnly.Check(endpoint);
        var path = LocalName.PathOf(endpoint, Extension, create: false);
        return DialAttempt.RunAsync(endpoint, options, cancellationToken, attempt =>
            SharedMemorySocket.ConnectAsync(path, attempt));
    }
}
