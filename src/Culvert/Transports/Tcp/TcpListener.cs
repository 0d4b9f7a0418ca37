using Culvert.Connections;
using Culvert.Transports.Linux;

namespace Culvert.Transports.Tcp;

/// <summary>Accepts TCP connections.</summary>
internal sealed class TcpListener(SocketHandle socket, Endpoint endpoint, ListenerOptions options)
    : SocketListener(socket, endpoint, options.Logger)
{
    protected override Connection Admit(SocketHandle accepted) => TcpTransport.Open(accepted, Endpoint);
}
