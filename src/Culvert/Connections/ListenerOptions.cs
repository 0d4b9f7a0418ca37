using Culvert.Security;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Connections;

/// <summary>How a listener admits clients.</summary>
public sealed class ListenerOptions
{
    /// <summary>Who may connect. Default: the same user only. Ignored by <c>tcp://</c>, which has no kernel
    /// identity.</summary>
    public AccessPolicy Access { get; init; } = AccessPolicy.SameUser;

    /// <summary>Connections the system holds before they are accepted. Default 512, range 1 to 65,535. Raising it
    /// lets more silent clients wait in kernel memory.</summary>
    public int Backlog { get; init; } = 512;

    /// <summary>Bytes that one direction of a connection inside this process (<c>mem://</c>) or in shared memory
    /// (<c>shm://</c>) holds before the writer waits. Default 1 MiB; shared memory takes the next power of two from
    /// 64 KiB to 256 MiB. The other transports hold nothing beside the system's own buffer.</summary>
    public int BufferBytes { get; init; } = 1024 * 1024;

    /// <summary>How <c>tls://</c> proves who is on both sides; what stands in the endpoint wins. Default: what
    /// stands in the endpoint.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Where refused clients and shortages are reported. Default: nowhere.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Where the listener looks for a socket that is bound already. Default: it makes its own.</summary>
    internal IInheritedSockets? Inherited { get; init; }
}
