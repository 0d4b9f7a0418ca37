using System.Runtime.InteropServices;

namespace Culvert.Connections;

/// <summary>Sockets that this process was started with, which a listener takes over in place of making its
/// own.</summary>
internal interface IInheritedSockets
{
    /// <summary>The socket for this listener, which then owns it, or null when there is none. Throws a
    /// <see cref="ConnectionException"/> when the one meant for it is of another kind.</summary>
    /// <param name="kind">What it must be.</param>
    /// <param name="address">Where: a path, or address and port.</param>
    SafeHandle? Take(InheritedSocketKind kind, string address);
}

/// <summary>What a listener takes over.</summary>
internal enum InheritedSocketKind
{
    UnixStream,
    UnixDatagram,
    Tcp,
    Udp,
}
